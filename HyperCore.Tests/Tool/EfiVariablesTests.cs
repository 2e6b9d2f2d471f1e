using System;
using System.IO;
using HyperCore.Core.Firmware;
using HyperCore.Tool.Firmware;
using Xunit;

namespace HyperCore.Tests.Tool;

/// <summary>Variables in a folder that looks like efivarfs. ToolInstallTests have a real one.</summary>
public sealed class EfiVariablesTests : IDisposable
{
    private const string Global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private readonly string _folder = Directory.CreateTempSubdirectory("hypercore-efivars-").FullName;

    private EfiVariables Variables => new(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_PutsAttributesInFront_AndShortens()
    {
        Assert.Equal(VariableResult.Done, Variables.Write(VariableOwner.Global, "BootOrder", [1, 2, 3, 4]));
        Assert.Equal([7, 0, 0, 0, 1, 2, 3, 4], File.ReadAllBytes(PathOf("BootOrder")));
        Assert.Equal(VariableResult.Done, Variables.Write(VariableOwner.Global, "BootOrder", [5, 6]));
        Assert.Equal([7, 0, 0, 0, 5, 6], File.ReadAllBytes(PathOf("BootOrder")));
        byte[] data = new byte[2];
        Assert.Equal(VariableResult.Done, Variables.Read(VariableOwner.Global, "BootOrder", data, out int length));
        Assert.Equal((2, 5, 6), (length, data[0], data[1]));
        Assert.Equal(VariableResult.TooLarge, Variables.Read(VariableOwner.Global, "BootOrder", data.AsSpan(1), out length));
        Assert.Equal(0, length);
    }

    [Fact]
    public void Write_Nothing_Deletes()
    {
        Variables.Write(VariableOwner.Global, "BootNext", [1, 0]);
        Assert.Equal(VariableResult.Done, Variables.Write(VariableOwner.Global, "BootNext", default));
        Assert.False(File.Exists(PathOf("BootNext")));
        Assert.Equal(VariableResult.NotFound, Variables.Write(VariableOwner.Global, "BootNext", default));
        Assert.Equal(VariableResult.NotFound, Variables.Read(VariableOwner.Global, "BootNext", new byte[2], out _));
    }

    [Fact]
    public void Owners_HaveTheirOwnVariables()
    {
        Variables.Write(VariableOwner.HyperCore, "BootOrder", [1]);
        Assert.Equal([7, 0, 0, 0, 1], File.ReadAllBytes(Path.Combine(_folder, "BootOrder-37054e8f-3981-4909-8768-045ad5208198")));
        Assert.Equal(VariableResult.NotFound, Variables.Read(VariableOwner.Global, "BootOrder", new byte[1], out _));
    }

    [Fact]
    public void LastBootNumber_CountsNumbersOnly()
    {
        Assert.Equal(-1, Variables.LastBootNumber);
        foreach (string name in (string[])["BootNext", "BootXYZW", "Boot00FF", "Boot0100", "BootOrder", "Boot12345", "Driver9999"])
        {
            File.WriteAllBytes(PathOf(name), [7, 0, 0, 0, 1]);
        }

        Assert.Equal(0x100, Variables.LastBootNumber);
    }

    [Fact]
    public void Failure_IsKeptInTheSystemsWords()
    {
        EfiVariables variables = Variables;
        Assert.Null(variables.Problem);
        Directory.CreateDirectory(PathOf("Boot0000"));
        Assert.Equal(VariableResult.AccessDenied, variables.Write(VariableOwner.Global, "Boot0000", [1]));
        Assert.Contains(PathOf("Boot0000"), variables.Problem);
    }

    [Fact]
    public void NoFolder_SaysWhatThatMeans()
    {
        Assert.Null(Variables.WhyNot);
        Assert.EndsWith("missing does not exist: this system was not started by UEFI", new EfiVariables(Path.Combine(_folder, "missing")).WhyNot);
    }

    private string PathOf(string name) => Path.Combine(_folder, name + Global);
}
