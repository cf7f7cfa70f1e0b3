*** Test Cases ***
Branches
    IF    $WINDOWS
        Skip    a
    ELSE IF    $MAC
        Skip    b
    ELSE
        FOR    ${x}    IN    1    2
            Skip    c
        END
        Skip    d
    END
    TRY
        Connect
    EXCEPT    no route
        Skip    server is down
    FINALLY
        Log    done
    END
    Skip    e
