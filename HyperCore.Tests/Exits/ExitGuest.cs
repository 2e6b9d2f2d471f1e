using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Exits;

/// <summary>A vCPU in 64-bit mode over 1 MiB of RAM, with a device at ports 500h to 50Fh, and what handles its exits.</summary>
internal sealed unsafe class ExitGuest
{
    public const ushort DevicePort = 0x500;
    public const ulong CodeAddress = 0x1000;

    public ExitGuest(FakeHostProcessor? host = null)
    {
        Host = host ?? FakeHostProcessor.Epyc();
        GuestClock = new GuestClock(Clock);
        Apic = new LocalApic(0, new ApicBus(), GuestClock, new TimerSet(), TestApicPage.Create()) { IsBootProcessor = true };
        Apic.Reset();
        Cpuid = new CpuidPolicy(Host, 0, 1);
        VcpuClock = new VcpuClock(GuestClock);
        var platform = new PlatformAccess(new SpinLock(), new LocalApicWindow([Apic]));
        Msrs = new MsrPolicy(Cpu, Apic, VcpuClock, Mtrr, Host, Cpuid, platform);
        Mtrr.Reset();
        Msrs.Reset();
        Power = new GuestPower(Stop);
        Device = new RecordingDevice(Power);
        Devices.AddPorts(DevicePort, 16, Device);
        Handler = new ExitHandler(Cpu, Devices, new Emulator(Ram.Memory, Devices), Cpuid, Msrs, Power, Stop, platform);
        Cpu.EnterLongMode();
        Cpu.Rip = CodeAddress;
        Cpu.Xcr0 = 1;
    }

    public FakeHostProcessor Host { get; }

    public FakeClock Clock { get; } = new();

    public GuestClock GuestClock { get; }

    public VcpuClock VcpuClock { get; }

    public MtrrState Mtrr { get; } = new();

    public FakeVirtualProcessor Cpu { get; } = new();

    public FakeGuestMemory Ram { get; } = new();

    public DeviceMap Devices { get; } = new();

    public LocalApic Apic { get; }

    public CpuidPolicy Cpuid { get; }

    public MsrPolicy Msrs { get; }

    public StopReason Stop { get; } = new();

    public GuestPower Power { get; }

    public RecordingDevice Device { get; }

    public ExitHandler Handler { get; }

    public GuestRegisters* Registers => Cpu.Registers;

    public string Reason => Stop.Text.ToString();

    public void Place(string code) => Ram.Write(Cpu.Rip, Convert.FromHexString(code.Replace(" ", null)));

    public ExitOutcome Handle(VmExit exit) => Handler.Handle(ref exit);

    public ExitOutcome Handle(ExitReason reason, ulong nextRip = 0) => Handle(new VmExit { Reason = reason, NextRip = nextRip });

    /// <summary>Remembers accesses; a write of 5FFh powers the machine off.</summary>
    internal sealed class RecordingDevice(PowerControl power) : Device
    {
        public override string Name => "recorder";

        public uint Answer { get; set; } = 0x1234_5678;

        public (ushort Port, int Size, uint Value) LastWrite { get; private set; }

        public override uint ReadPort(ushort port, int size) => Answer;

        public override void WritePort(ushort port, int size, uint value)
        {
            LastWrite = (port, size, value);
            if (value == 0x5FF)
            {
                power.PowerOff();
            }
        }
    }
}
