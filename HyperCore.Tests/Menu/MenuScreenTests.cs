using System;
using HyperCore.Core.Console;
using HyperCore.Core.Menu;
using HyperCore.Tests.Console;
using Xunit;

namespace HyperCore.Tests.Menu;

/// <summary>The menu drawn on displays of many sizes, saved as pictures and checked as text.</summary>
public sealed class MenuScreenTests
{
    private static readonly string[] s_registers = ["RIP", "RSP", "RFLAGS", "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "CR2", "CR3", "CR4", "VECTOR", "ERROR"];

    [Theory]
    [InlineData(640, 400)]
    [InlineData(640, 480)]
    [InlineData(800, 600)]
    [InlineData(1024, 768)]
    [InlineData(1280, 800)]
    [InlineData(1920, 1080)]
    [InlineData(3840, 2160)]
    public void Menu_OnEveryResolution_ShowsVmsMachineAndKeys(int width, int height)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        FakeMachine machine = FakeMachine.CreateUsual();
        var model = new MenuModel(machine, new FakeActions(machine));
        var view = new MenuView(model, machine, screen);
        view.Draw();
        renderer.Redraw(screen);
        display.Save($"menu-{width}x{height}");

        display.AssertGuardsIntact();
        display.AssertEveryPixelDrawn();
        string text = ScreenText.All(screen);
        Assert.Contains("HyperCore 0.1.0", text);
        Assert.Contains("Mail and browser", text);
        Assert.Contains("✗ failed", text);
        Assert.Contains("SVM", text);
        Assert.Contains("5632M free of 8G", text);
        Assert.Contains("Enter", ScreenText.Row(screen, screen.Rows - 1));
    }

    [Theory]
    [InlineData(800, 600)]
    [InlineData(1280, 800)]
    public void Menu_ConfigurationErrors_AreListedFirst(int width, int height)
    {
        var machine = new FakeMachine { State = ConfigurationState.Bad };
        machine.Problems.Add("hypercore.conf:12:9: expected a number of CPUs from 1 to 1, found \"two\"");
        machine.Problems.Add("hypercore.conf:31:1: unknown key \"memroy\" in [vm mail]; known are title, boot, kernel, initrd, module, cmdline, memory, cpus, display, hid, autostart, share");
        machine.Problems.Add("hypercore.conf:40:1: [vm build] has no kernel");
        TextScreen screen = Draw(machine, width, height, "errors");

        Assert.Contains("Virtual machines cannot start", ScreenText.Row(screen, 4));
        int first = ScreenText.Find(screen, "hypercore.conf:12:9: expected a number");
        Assert.InRange(first, 5, 6);
        Assert.True(ScreenText.Find(screen, "hypercore.conf:40:1") > first);
        Assert.True(ScreenText.Find(screen, @"Correct \EFI\HyperCore\hypercore.conf") > first);
    }

    [Fact]
    public void Menu_NoConfigurationAndNoSvm_SaysBoth()
    {
        var machine = new FakeMachine
        {
            State = ConfigurationState.Missing,
            Obstacle = "This processor's virtualization (AMD SVM) is switched off and locked: switch it on in the firmware's set-up, often called SVM Mode.",
        };
        TextScreen screen = Draw(machine, 1280, 800, "nothing");
        Assert.True(ScreenText.Find(screen, "often called SVM Mode") > 0);
        Assert.True(ScreenText.Find(screen, @"There is no configuration file \EFI\HyperCore\hypercore.conf") > 0);
        Assert.True(ScreenText.Find(screen, "No virtual machine is configured.") > 0);
        Assert.True(ScreenText.Find(screen, "[vm demo]") > 0);
    }

    [Fact]
    public void Menu_PowerOff_AsksAndSaysWhatIsLost()
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        TextScreen screen = Draw(machine, 1280, 800, "question", MenuKey.Q);
        Assert.True(ScreenText.Find(screen, "2 virtual machines are running and will be lost.") > 0);
    }

    [Fact]
    public void Menu_FailedVm_SaysWhy()
    {
        TextScreen screen = Draw(FakeMachine.CreateUsual(), 1280, 800, "failed", MenuKey.End, MenuKey.S);
        Assert.True(ScreenText.Find(screen, "✗ failed: triple fault at 0010:0000000000001000") > 0);
        Assert.True(ScreenText.Find(screen, "✗ Kernel test: It is not running.") > 0);
    }

    [Theory]
    [InlineData(MenuKey.L, 640, 480)]
    [InlineData(MenuKey.I, 640, 480)]
    [InlineData(MenuKey.L, 1280, 800)]
    [InlineData(MenuKey.I, 1280, 800)]
    [InlineData(MenuKey.I, 3840, 2160)]
    public void Menu_TextPages_FillTheScreen(MenuKey key, int width, int height)
    {
        TextScreen screen = Draw(FakeMachine.CreateUsual(), width, height, key == MenuKey.L ? "log" : "info", key);
        Assert.Contains("Esc", ScreenText.Row(screen, screen.Rows - 1));
    }

    [Fact]
    public void Menu_MachineInfo_HasEverything()
    {
        TextScreen screen = Draw(FakeMachine.CreateUsual(), 1280, 800, "info-machine", MenuKey.I, MenuKey.Tab);
        Assert.True(ScreenText.Find(screen, "2 of 4 started, with 1G of memory") > 0);
        Assert.True(ScreenText.Find(screen, "137 % of 4 pCPUs") > 0);
        Assert.True(ScreenText.Find(screen, "Ctrl+Alt+PgDn") > 0);
    }

    [Fact]
    public void Menu_VmInfo_HasVcpusExitsAndTrace()
    {
        TextScreen screen = Draw(FakeMachine.CreateUsual(), 1280, 800, "info-vm", MenuKey.I);
        Assert.True(ScreenText.Find(screen, "I/O port 03f8, write of 1 byte") > 0);
        Assert.True(ScreenText.Find(screen, "Device memory at fee000b0, read") > 0);
        Assert.True(ScreenText.Find(screen, "801 234") > 0);
        Assert.True(ScreenText.Find(screen, "halted") > 0);
        Assert.True(ScreenText.Find(screen, "137 % of 200 %") > 0);
    }

    [Fact]
    public void Menu_Idle_ShowsTheHotkeysAsConfigured()
    {
        TextScreen screen = Draw(FakeMachine.CreateUsual(), 640, 480, "hotkeys");
        string text = ScreenText.All(screen);
        Assert.Contains("Ctrl+Alt+Home  Menu", text);
        Assert.Contains("Ctrl+Alt+PgDn  Next VM", text);
    }

    [Fact]
    public void Menu_StoppingVm_SaysHowLong()
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        machine.Vms[0].CanShutDown = true;
        TextScreen screen = Draw(machine, 1280, 800, "stopping", MenuKey.S);
        Assert.True(ScreenText.Find(screen, "● stopping, by force in 12 s") > 0);
        Assert.True(ScreenText.Find(screen, "Shutting down. Press s again") > 0);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1280, 800)]
    [InlineData(3840, 2160)]
    public void Menu_ManyVmsWithLongTitles_AreListedAndScrolled(int width, int height)
    {
        var machine = new FakeMachine();
        for (int i = 0; i < 40; i++)
        {
            machine.Vms.Add(new FakeMachine.FakeVm($"vm-with-a-name-of-31-characters{i % 10}", $"Number {i}, whose title is longer than any list is wide, even on a screen of many columns and few rows, because it has sixty words", VmState.Running));
        }

        machine.Vms[39].Foreground = true;
        TextScreen first = Draw(machine, width, height, "many-first");
        Assert.True(ScreenText.Find(first, "Number 0, whose") > 0);
        Assert.True(ScreenText.Find(first, "▼") > 0);
        TextScreen last = Draw(machine, width, height, "many-last", MenuKey.End);
        Assert.True(ScreenText.Find(last, "Number 39, whose") > 0);
        Assert.True(ScreenText.Find(last, "▲") > 0);
        TextScreen log = Draw(machine, width, height, "many-log", MenuKey.End, MenuKey.L, MenuKey.Tab);
        Assert.Contains("characters9", ScreenText.Row(log, ScreenText.Find(log, "┌")));
    }

    [Fact]
    public void Menu_OnlyFiguresChange_OnlyTheirCellsAreDrawn()
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        var screen = new TextScreen(80, 20);
        var model = new MenuModel(machine, new FakeActions(machine));
        var view = new MenuView(model, machine, screen);
        var terminal = new FakeTerminal(80, 24);
        var mirror = new AnsiMirror(terminal);
        view.Draw();
        mirror.Open(screen);
        long before = terminal.BytesSent;
        view.Draw();
        mirror.Draw();
        Assert.Equal(before, terminal.BytesSent);
        machine.Time += 1_000_000_000;
        view.Draw();
        mirror.Draw();
        Assert.InRange(terminal.BytesSent - before, 1, 40);
    }

    [Theory]
    [InlineData(0, "Opening Mail and browser")]
    [InlineData(1, "Starting Demo Linux")]
    public void Menu_Countdown_SaysWhatComesWhen(int vm, string what)
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        machine.Time = 0;
        var screen = new TextScreen(80, 20);
        var model = new MenuModel(machine, new FakeActions(machine));
        model.StartCountdown(vm, 5, 0);
        new MenuView(model, machine, screen).Draw();
        Assert.Equal($"  ▶ {what} in 5 s. Press any key to stay here.", ScreenText.Row(screen, 18));
    }

    [Fact]
    public void Menu_OnASerialTerminal_FitsAbove4LinesOfLog()
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        var screen = new TextScreen(80, 20);
        var model = new MenuModel(machine, new FakeActions(machine));
        new MenuView(model, machine, screen).Draw();
        var terminal = new FakeTerminal(80, 24);
        new AnsiMirror(terminal).Open(screen);
        Assert.InRange(terminal.BytesSent, 1000, 6000);
        Assert.StartsWith("  ◆ HyperCore 0.1.0", terminal.Row(0));
        Assert.EndsWith("q  Off", terminal.Row(19));

        // A picture of what a terminal shows is drawn by the same means as the display's.
        using var display = new FakeDisplay(640, 400);
        new FramebufferRenderer(display.Framebuffer).Redraw(screen);
        display.Save("menu-serial");
    }

    [Fact]
    public void Menu_DrawnAgain_AllocatesNothing()
    {
        FakeMachine machine = FakeMachine.CreateUsual();
        using var display = new FakeDisplay(1280, 800);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        var model = new MenuModel(machine, new FakeActions(machine));
        var view = new MenuView(model, machine, screen);

        // A collection that other tests cause counts what is left of this thread's allocation buffer. Who allocates does so every time.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Handle(MenuKey.L);
            view.Draw();
            renderer.Draw(screen);
            model.Handle(MenuKey.Escape);
            view.Draw();
            renderer.Redraw(screen);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static TextScreen Draw(FakeMachine machine, int width, int height, string name, params MenuKey[] keys)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        var model = new MenuModel(machine, new FakeActions(machine));
        var view = new MenuView(model, machine, screen);
        foreach (MenuKey key in keys)
        {
            model.Handle(key);
        }

        view.Draw();
        renderer.Redraw(screen);
        display.Save($"{name}-{width}x{height}");
        return screen;
    }

    [Theory]
    [InlineData(800, 600)]
    [InlineData(1280, 800)]
    public void Progress_OfALoad_ShowsWhatAndHowFar(int width, int height)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        new ProgressView(screen, "0.1.0").Draw(@"Loading \EFI\HyperCore\demo\vmlinuz", 12 << 20, 48 << 20);
        renderer.Redraw(screen);
        display.Save($"progress-{width}x{height}");

        int row = ScreenText.Find(screen, @"Loading \EFI\HyperCore\demo\vmlinuz");
        Assert.EndsWith("12 of 48 MB", ScreenText.Row(screen, row));
        Assert.Equal(new string('━', 18) + new string('─', 54), ScreenText.Row(screen, row + 1).Trim());
    }

    [Theory]
    [InlineData(640, 400)]
    [InlineData(1280, 800)]
    [InlineData(1920, 1080)]
    public void Panic_OnEveryResolution_ShowsMessageRegistersAndOffsets(int width, int height)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        PanicView.Draw(screen, CreatePanic());
        renderer.Redraw(screen);
        display.Save($"panic-{width}x{height}");

        string text = ScreenText.All(screen);
        Assert.Contains("Page fault reading 0000000000000018 in SvmBackend.Run", text);
        Assert.Contains("R15    2222222222222211", text);
        Assert.Contains("0  000000007e001234 HyperCore.efi+0x1234", text);
        Assert.Contains("hypercore symbolize", text);
    }

    internal static PanicReport CreatePanic()
    {
        var registers = new PanicRegister[s_registers.Length];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = new PanicRegister(s_registers[i], 0x2222_2222_2222_2200 + (ulong)i);
        }

        return new PanicReport
        {
            Message = "Page fault reading 0000000000000018 in SvmBackend.Run",
            Version = "0.1.0",
            Processor = 2,
            Time = 62_000_000_000,
            Registers = registers,
            ReturnAddresses = new ulong[] { 0x7E00_1234, 0x7E00_5678, 0x7E01_ABCD, 0x7E02_0004, 0x7E00_0100, 0x1000 },
            ImageBase = 0x7E00_0000,
            ImageSize = 0x10_0000,
        };
    }
}
