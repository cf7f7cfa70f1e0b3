using System;
using Xunit;

namespace Dapper.Tests;

[AttributeUsage(AttributeTargets.Method)]
public class FactMySqlAttribute : FactAttribute
{
    public override string? Skip => unavailable;
}

public class MySqlTests
{
    [FactMySql(Skip = "DAP-12: see the bug tracker")]
    public void Reads() { }

    [FactMySql]
    public void Writes() { }
}
