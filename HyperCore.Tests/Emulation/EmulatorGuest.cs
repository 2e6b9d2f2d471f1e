using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Emulation;

/// <summary>A guest for the emulator's tests: 1 MiB of RAM, 4 KiB of memory device at 0x200000, nothing elsewhere.</summary>
internal sealed class EmulatorGuest
{
    public const ulong DeviceBase = 0x20_0000;

    public EmulatorGuest()
    {
        Devices.AddMemory(DeviceBase, 0x1000, Device);
        Emulator = new Emulator(Ram.Memory, Devices);
        Cpu.EnterLongMode();
        Cpu.Rip = 0x1000;
    }

    public FakeGuestMemory Ram { get; } = new();

    public DeviceMap Devices { get; } = new();

    public MemoryDevice Device { get; } = new(0x1000);

    public FakeVirtualProcessor Cpu { get; } = new();

    public Emulator Emulator { get; }

    /// <summary>Puts code at CS:RIP and emulates its first instruction.</summary>
    public EmulationResult Emulate(string code)
    {
        Place(code);
        return Emulator.Emulate(Cpu);
    }

    public EmulationResult EmulateMmio(string code, ulong guestPhysical)
    {
        Place(code);
        return Emulator.EmulateMmio(Cpu, new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = guestPhysical });
    }

    /// <summary>The processor hands over the first bytes of the instruction; what memory holds is left as it is.</summary>
    public EmulationResult EmulateMmioFetched(string code, int length, ulong guestPhysical)
    {
        Span<byte> fetched = Cpu.Fetched;
        fetched.Fill(0xCC);
        Convert.FromHexString(code.Replace(" ", null)).CopyTo(fetched);
        return Emulator.EmulateMmio(Cpu, new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = guestPhysical, FetchedLength = (byte)length });
    }

    public void Place(string code)
    {
        ulong linear = Cpu.GetSegmentBase(HyperCore.Core.Processor.SegmentRegister.Cs) + Cpu.Rip;
        Ram.Write(linear, Convert.FromHexString(code.Replace(" ", null)));
    }
}
