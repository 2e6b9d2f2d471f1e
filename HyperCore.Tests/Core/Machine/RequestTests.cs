using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>A guest asks for the menu at its request port.</summary>
public sealed class RequestTests
{
    private const ushort Port = 0x620;
    private const string TwoVms = TestMachine.TwoVms;

    [Fact]
    public void ForegroundVm_AsksForTheMenu_GetsIt()
    {
        using TestMachine machine = Started();
        machine.Open(0);
        machine.Lines.Clear();
        machine.Out(0, Port, 1, 'M');
        machine.Run(3);

        Assert.Equal(["foreground: menu", "menu: shown"], machine.Lines);
        Assert.True(machine.Vms[0].IsAlive);
    }

    [Fact]
    public void BackgroundVm_AsksForTheMenu_IsNotHeard()
    {
        using TestMachine machine = Started();
        machine.Open(0);
        machine.Lines.Clear();
        machine.Out(1, Port, 1, 'M');
        machine.Run(100);
        Assert.Empty(machine.Lines);

        // Nor when it comes to the foreground later.
        machine.Hotkey();
        machine.Open(1);
        machine.Run(100);
        Assert.Equal("foreground: b", machine.Lines[^1]);
    }

    [Fact]
    public void AnyVm_AsksWhileTheMenuIsShown_NothingHappens()
    {
        using TestMachine machine = Started();
        machine.Lines.Clear();
        machine.Out(0, Port, 1, 'M');
        machine.Run(100);

        Assert.Empty(machine.Lines);
    }

    [Fact]
    public void ForegroundVm_WritesAnythingElse_StaysInTheForeground()
    {
        using TestMachine machine = Started();
        machine.Open(0);
        machine.Lines.Clear();
        machine.Out(0, Port, 1, 'm');
        machine.Run(10);

        Assert.Empty(machine.Lines);
    }

    private static TestMachine Started()
    {
        var machine = new TestMachine(TwoVms);
        machine.Supervisor.Start();
        return machine;
    }
}
