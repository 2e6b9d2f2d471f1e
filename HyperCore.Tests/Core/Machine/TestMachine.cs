using System;
using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Firmware;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Core.Platform;
using HyperCore.Core.Time;
using HyperCore.Tests.Boot;
using HyperCore.Tests.Fakes;
using HyperCore.Tests.Firmware;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>All of HyperCore.Core over fake hardware: a pool of real memory, VMs that a configuration describes, and back ends that replay exits.</summary>
internal sealed unsafe class TestMachine : IDisposable
{
    /// <summary>A configuration of two VMs, which start by themselves.</summary>
    public const string TwoVms = """
        [hypercore]
        timeout = none
        [vm a]
        kernel = \k
        memory = 4M
        autostart = yes
        [vm b]
        kernel = \k
        memory = 8M
        autostart = yes
        share = 20
        """;

    private const ulong MiB = 1ul << 20;

    // "[    0.000000] info  "
    private const int LogPrefix = 21;

    private readonly HostRam _ram = new(64 * MiB);

    // A field, because pinning alone keeps no array from being collected.
    private readonly byte[] _kernel;
    private readonly byte[] _screen = GC.AllocateArray<byte>(640 * 400 * 4, pinned: true);

    public TestMachine(string configuration, bool hasScreen = false, int pcpus = 1, FirmwareVariables? variables = null)
    {
        Host = new FakeHostServices(pcpus);
        Config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        Assert.True(ConfigParser.Parse(Encoding.UTF8.GetBytes(configuration), Config, diagnostics), "the test's configuration is wrong");
        _ram.Pool.AddRange(_ram.Start, 64 * MiB);
        Log = new Log(Host.Clock);
        Log.AddSink(new Capture(this));
        VmHost = new VirtualMachineHost(FakeHostProcessor.Epyc(), Host.Clock, _ram.Pool, new NestedFrames(_ram.Pool), new Dispatcher(Host, 64))
        {
            Framebuffer = hasScreen ? Screen() : null,
            Variables = variables ?? new NoVariables("not in this test"),
        };
        VmHost.Network = Config.NetworkCount == 0 ? null : new MachineNetwork(_ram.Pool, Host.Clock, Log);
        Vms = new VirtualMachine[Config.VirtualMachineCount];
        Cpus = new FakeVirtualProcessor[Vms.Length];
        AllCpus = new FakeVirtualProcessor[Vms.Length][];
        byte[] image = SampleKernels.BzImage();
        _kernel = GC.AllocateArray<byte>(image.Length, pinned: true);
        image.CopyTo(_kernel, 0);
        for (int i = 0; i < Vms.Length; i++)
        {
            AllCpus[i] = new FakeVirtualProcessor[Config[i].Processors];
            for (int vcpu = 0; vcpu < AllCpus[i].Length; vcpu++)
            {
                AllCpus[i][vcpu] = new FakeVirtualProcessor { WhenIdle = Interrupted };
            }

            Cpus[i] = AllCpus[i][0];
            fixed (byte* bytes = _kernel)
            {
                var files = new BootFiles(Config[i]) { Kernel = new FileContent(bytes, _kernel.Length) };
                Vms[i] = new VirtualMachine(i, Config[i], files, VmHost, AllCpus[i]);
            }
        }

        var facts = new MachineFacts { Version = "test", MemoryTotal = 64 * MiB, Memory = _ram.Pool };
        Overview = new MachineOverview(facts, new ConfigurationReport("hypercore.conf", ConfigurationState.Good, diagnostics), new LogHistory(), VmHost)
        {
            BootEntries = new BootEntries(VmHost.Variables, DevicePathTests.Device, "HyperCore", @"\EFI\HyperCore\HyperCore.efi"),
        };
        Mirror = new AnsiMirror(Host.Serial);
        Supervisor = new Supervisor(Host, Config, Overview, Vms, VmHost, Mirror, null, Log);
        Loops = new PcpuLoop[pcpus];
        for (int i = 1; i < pcpus; i++)
        {
            Loops[i] = Supervisor.CreateLoop(Host.Pcpu(i));
        }

        Host.FakePcpu(0).Others = TurnOthers;
    }

    public FakeHostServices Host { get; }

    /// <summary>The loops of the other pCPUs; the first is the supervisor's own.</summary>
    public PcpuLoop[] Loops { get; }

    /// <summary>The back ends of all vCPUs, by VM.</summary>
    public FakeVirtualProcessor[][] AllCpus { get; }

    public HyperCoreConfig Config { get; }

    public Log Log { get; }

    public VirtualMachineHost VmHost { get; }

    public VirtualMachine[] Vms { get; }

    public FakeVirtualProcessor[] Cpus { get; }

    public MachineOverview Overview { get; }

    public AnsiMirror Mirror { get; }

    public Supervisor Supervisor { get; }

    /// <summary>The log's lines without time and level.</summary>
    public List<string> Lines { get; } = [];

    public string FirstWholeLine { get; private set; } = "";

    public byte[] ScreenBytes => _screen;

    public ulong FreeMemory => _ram.Pool.FreeBytes;

    /// <summary>Who has the keyboard, as the log says: a VM's name or "menu".</summary>
    public string Foreground => Lines.FindLast(line => line.StartsWith("foreground: ", StringComparison.Ordinal))?["foreground: ".Length..] ?? "";

    public void Dispose() => _ram.Dispose();

    public void Run(int turns = 1)
    {
        for (int i = 0; i < turns; i++)
        {
            Supervisor.RunOnce();
            TurnOthers();
            if (Loops.Length > 1)
            {
                PassTime();
            }
        }
    }

    /// <summary>One turn of a pCPU's loop.</summary>
    public void Turn(int pcpu)
    {
        Host.FakePcpu(pcpu).IsAsleep = false;
        Loops[pcpu].BeginTurn();
        Loops[pcpu].Turn(VirtualTimer.Never, maySleep: true);
    }

    private void TurnOthers()
    {
        for (int i = 1; i < Loops.Length; i++)
        {
            Turn(i);
        }
    }

    /// <summary>When all sleep, the clock moves to the first timer.</summary>
    private void PassTime()
    {
        ulong next = VirtualTimer.Never;
        bool asleep = true;
        for (int i = 0; i < Loops.Length; i++)
        {
            asleep &= Host.FakePcpu(i).IsAsleep;
            next = Math.Min(next, Host.FakePcpu(i).ArmedTimer);
        }

        Host.FakePcpu(0).IsAsleep = false;
        if (asleep && next != VirtualTimer.Never)
        {
            Host.FakeClock.Set(Math.Max(Host.FakeClock.Now, next));
        }

        for (int i = 0; i < Loops.Length; i++)
        {
            Host.FakePcpu(i).OnTimePassed();
        }
    }

    /// <summary>Presses and releases keys: bytes of scan code set 1.</summary>
    public void Type(params byte[] scanCodes)
    {
        foreach (byte code in scanCodes)
        {
            Host.Input.Enqueue((code, false));
        }

        Run();
    }

    public void Hotkey() => Type(0x1D, 0x38, 0xE0, 0x47, 0xE0, 0xC7, 0xB8, 0x9D);

    /// <summary>Chooses a VM in the menu and starts it or brings it to the foreground.</summary>
    public void Open(int vm) => Type((byte)(2 + vm), (byte)(0x82 + vm), 0x1C, 0x9C);

    public void TypeOnSerial(string text)
    {
        foreach (byte value in Encoding.Latin1.GetBytes(text))
        {
            Host.SerialInput.Enqueue(value);
        }

        Run();
    }

    /// <summary>What a guest finds in its keyboard controller.</summary>
    public string ReadKeyboard(int vm)
    {
        string bytes = "";
        while ((Vms[vm].Platform.Keyboard.ReadPort(0x64, 1) & 1) != 0)
        {
            bytes += $"{Vms[vm].Platform.Keyboard.ReadPort(0x60, 1):X2}";
        }

        return bytes;
    }

    /// <summary>What a guest finds in its COM1.</summary>
    public string ReadSerial(int vm)
    {
        string text = "";
        while ((Vms[vm].Platform.Uart.ReadPort(0x3FD, 1) & 1) != 0)
        {
            text += (char)Vms[vm].Platform.Uart.ReadPort(0x3F8, 1);
        }

        return text;
    }

    public void WriteSerial(int vm, string text)
    {
        foreach (byte value in Encoding.Latin1.GetBytes(text))
        {
            Vms[vm].Platform.Uart.WritePort(0x3F8, 1, value);
        }
    }

    /// <summary>The guest executes OUT as the next thing it does.</summary>
    public void Out(int vm, ushort port, byte size, uint value)
    {
        FakeVirtualProcessor cpu = Cpus[vm];
        bool done = false;
        cpu.WhenIdle = () =>
        {
            if (done)
            {
                return Interrupted();
            }

            done = true;
            cpu.Registers->Rax = value;
            return new VmExit { Reason = ExitReason.PortIo, Port = port, Size = size, IsWrite = true, NextRip = cpu.Rip + 1 };
        };
    }

    /// <summary>A physical interrupt takes a guest off the processor after a millisecond.</summary>
    public VmExit Interrupted()
    {
        Host.FakeClock.Advance(1_000_000);
        return new VmExit { Reason = ExitReason.ExternalInterrupt };
    }

    private HostFramebuffer Screen()
    {
        fixed (byte* screen = _screen)
        {
            return new HostFramebuffer(screen, 0x8000_0000, FramebufferDescription.Bgrx32(0, 640, 400, 640 * 4));
        }
    }

    private sealed class Capture(TestMachine machine) : LogSink
    {
        public override void WriteLine(LogLevel level, ReadOnlySpan<char> line)
        {
            if (machine.Lines.Count == 0)
            {
                machine.FirstWholeLine = line.ToString();
            }

            machine.Lines.Add(line[LogPrefix..].ToString());
        }
    }
}
