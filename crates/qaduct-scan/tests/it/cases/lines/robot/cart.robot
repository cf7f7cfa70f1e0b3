*** Settings ***
Test Tags    cart    robot:skip-on-failure

*** Test Cases ***
Adds Up
    [Tags]    robot:skip
    Log    Skip

Skips
    Skip If    $DB is None    SHOP-1: no database
    IF    $CI
        Skip    not in CI
    END
    Run Keyword If    ${x}    Skip    why

Is Set Up
    [Setup]    Skip If    len($PASSWORD) < 8    msg=SHOP-2: the password is short
    Log    it

*** Keywords ***
Needs Net
    Skip    no net
