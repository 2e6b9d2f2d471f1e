using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Devices;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Menu;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using HyperCore.Tests.Menu;
using Xunit;

namespace HyperCore.Tests.Machine;

/// <summary>What a VM cannot do to HyperCore and to the person at the machine. The VMs here have no memory: nothing of this needs any.</summary>
public sealed unsafe class SupervisionTests : IDisposable
{
    private const byte MenuKey = 0x1D;

    private readonly FakeHost _host = new();
    private readonly FakeVirtualProcessor _cpu = new();
    private readonly VirtualMachine _first;
    private readonly VirtualMachine _second;
    private readonly KvmSwitch _switch;
    private readonly InputRouter _input;

    public SupervisionTests()
    {
        var config = new HyperCoreConfig();
        ConfigParser.Parse(Encoding.UTF8.GetBytes("[vm a]\nkernel=\\k\nmemory=64M\n[vm b]\nkernel=\\k\nmemory=64M\n"), config, new ConfigDiagnostics());
        var pool = new FrameAllocator(null, 0);
        var shared = new VirtualMachineHost(new NoFeatures(), _host.Clock, pool, new NestedFrames(pool), new Dispatcher(_host, 2));
        _first = new VirtualMachine(0, config[0], new BootFiles(config[0]), shared, [_cpu]);
        _second = new VirtualMachine(1, config[1], new BootFiles(config[1]), shared, [new FakeVirtualProcessor()]);
        FakeMachine view = FakeMachine.CreateUsual();
        var menu = new MenuModel(view, new FakeActions(view));
        var log = new Log(_host.Clock);
        var mirror = new AnsiMirror(_host.Serial);
        _switch = new KvmSwitch(log, new MenuScreens(menu, view, mirror, framebuffer: null), shared.Dispatcher);
        VirtualMachine[] all = [_first, _second];
        var machines = new VirtualMachines(all, log, _switch, new GuestOutput(all, _host.Clock, mirror));
        _input = new InputRouter(_host, _switch, menu, machines, config.MenuHotkey, config.NextHotkey);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Vcpu_ExitsWithoutEnd_ReturnsToTheMainLoop()
    {
        _cpu.EnterLongMode();
        for (int i = 0; i < 10_000; i++)
        {
            _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.Exception, Vector = (byte)ExceptionVector.AlignmentCheck });
        }

        _first[0].Attach(0, _host.Attention);
        _first.Enter();
        _first.Leave();
        *_host.Attention = 0;
        Assert.Equal(ExitOutcome.Yield, _first[0].Run());
        Assert.InRange(_cpu.Runs, 100, 1000);
    }

    [Fact]
    public void Serial_ReceiverFull_MenuKeyIsSeenAllTheSame()
    {
        _switch.Show(_first);
        Type(new string('x', 100));
        _host.Typed.Enqueue(MenuKey);

        _input.Deliver();

        Assert.Null(_switch.Foreground);
    }

    [Fact]
    public void Serial_ReceiverFull_NothingIsLostForTheOneThatReads()
    {
        _switch.Show(_first);
        Type("0123456789");
        string got = "";
        for (int i = 0; i < 20; i++)
        {
            _input.Deliver();
            got += Receive(_first);
        }

        Assert.Equal("0123456789", got);
    }

    [Fact]
    public void Serial_TypedForOneVm_IsNeverSeenByTheNext()
    {
        _switch.Show(_first);
        Type("secret");
        _input.Deliver();

        _switch.ShowMenu();
        _switch.Show(_second);
        string got = "";
        for (int i = 0; i < 20; i++)
        {
            _input.Deliver();
            got += Receive(_second);
        }

        Assert.Equal("", got);
    }

    [Fact]
    public void GuestConsole_HalfFull_IsCongestedUntilItWasRead()
    {
        GuestConsole console = _first.Console;
        for (int i = 0; i < 4097; i++)
        {
            console.Write((byte)'x');
        }

        Assert.True(console.IsCongested);
        while (console.TryTakeLine(out _))
        {
        }

        Assert.False(console.IsCongested);
    }

    private void Type(string text)
    {
        foreach (char character in text)
        {
            _host.Typed.Enqueue((byte)character);
        }
    }

    private static string Receive(VirtualMachine vm)
    {
        Uart16550 uart = vm.Platform.Uart;
        string text = "";
        while ((uart.ReadPort(Uart16550.Com1 + 5, 1) & 1) != 0)
        {
            text += (char)uart.ReadPort(Uart16550.Com1, 1);
        }

        return text;
    }

    private sealed class NoFeatures : HostProcessor
    {
        public override CpuidResult Cpuid(uint leaf, uint subleaf = 0) =>
            leaf == 0x8000_0000 ? new CpuidResult { Eax = 0x8000_0008 } : leaf == 0x8000_0008 ? new CpuidResult { Eax = 48 } : default;

        public override void IndirectBranchPredictionBarrier()
        {
        }
    }

    private sealed class FakeHost : HostServices, IDisposable
    {
        private readonly OnlyPcpu _pcpu = new();

        public Queue<byte> Typed { get; } = new();

        public int* Attention => _pcpu.Attention;

        public override int PcpuCount => 1;

        public override ByteSink Serial { get; } = new Nowhere();

        public override int MousePacketLength => 3;

        public override bool CanPowerOff => false;

        public void Dispose() => NativeMemory.Free(_pcpu.Attention);

        public override PcpuServices Pcpu(int index) => _pcpu;

        public override void Kick(int pcpu) => *_pcpu.Attention = 1;

        public override void StartPcpus(Action<PcpuServices> loop)
        {
        }

        public override bool TryReadInput(out byte value, out bool isMouse)
        {
            value = 0;
            isMouse = false;
            return false;
        }

        public override bool TryReadSerial(out byte value) => Typed.TryDequeue(out value);

        public override void PowerOff()
        {
        }

        public override void Reset()
        {
        }

        private sealed class OnlyPcpu : PcpuServices
        {
            private readonly int* _attention = (int*)NativeMemory.AllocZeroed(sizeof(int));

            public override int Index => 0;

            public override int* Attention => _attention;

            public override Clock Clock { get; } = new FakeClock();

            public override void ArmTimer(ulong deadline)
            {
            }

            public override void TakeInterrupts()
            {
            }

            public override void WaitForInterrupt()
            {
            }
        }

        private sealed class Nowhere : ByteSink
        {
            public override void Write(ReadOnlySpan<byte> bytes)
            {
            }
        }
    }
}
