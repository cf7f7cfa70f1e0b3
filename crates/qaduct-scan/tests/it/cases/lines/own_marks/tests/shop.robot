*** Test Cases ***
Adds
    [Tags]    needs-triage    smoke
    Log    1

Totals
    Quarantine Me    SHOP-12    rounds the wrong way
    Log    Quarantine Me
