| *** Settings *** |
| Test Tags     | robot:skip-on-failure |

| *** Test Cases *** | *Action* | *Argument* |
| Cart Is Empty | [Tags] | robot:skip |
|               | Log    | 1          |
| Total         |
|               | [Setup] | Skip | broken since 1.2, SHOP-3 |
|               | Log     | 2    |
| Runs          | Log     | skip |
|               | Skip If | ${WINDOWS} | not on Windows |

*** Test Cases ***    Argument
On The Line Of The Name    [Tags]    robot:skip
    Log    3

Needs A Component
    [Setup]    Skip If Component Is Not Enabled    cart
    Skip If    condition=${OLD}==True    msg=not before 2.0
    Log    Skip If Nothing

*** Keywords ***
Skip If Component Is Not Enabled
    [Arguments]    ${component}
    Skip If    "${enabled}" == "false"
