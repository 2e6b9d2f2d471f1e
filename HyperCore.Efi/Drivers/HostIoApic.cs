using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// All I/O APICs of the machine (Intel 82093AA data sheet), and the pair of 8259s that they replace. Every pin is masked but those HyperCore
/// asks for.
/// </summary>
public sealed class HostIoApic
{
    private const uint RegisterSelect = 0x00;
    private const uint RegisterWindow = 0x10;
    private const uint IndexVersion = 0x01;
    private const uint IndexRedirection = 0x10;
    private const uint EntryMasked = 1u << 16;
    private const uint EntryLevel = 1u << 15;
    private const uint EntryActiveLow = 1u << 13;
    private const int MaxPins = 240;

    private const ushort PicMasterCommand = 0x20;
    private const ushort PicMasterData = 0x21;
    private const ushort PicSlaveCommand = 0xA0;
    private const ushort PicSlaveData = 0xA1;

    private readonly HostMadt? _madt;

    /// <summary>A driver for the I/O APICs the MADT names; without a MADT, for one in the usual place. The hardware is not touched yet.</summary>
    public HostIoApic(HostMadt? madt) => _madt = madt;

    private int Count => _madt == null || _madt.IoApics.Length == 0 ? 1 : _madt.IoApics.Length;

    /// <summary>Masks every pin of every I/O APIC, and both 8259s after moving them out of the exceptions' vectors. Interrupts must be off.</summary>
    public void Initialize()
    {
        if (_madt == null || _madt.Has8259)
        {
            Mask8259();
        }

        for (int i = 0; i < Count; i++)
        {
            MadtIoApic ioApic = At(i);
            int pins = Pins(ioApic);
            for (int pin = 0; pin < pins; pin++)
            {
                WriteEntry(ioApic, pin, EntryMasked, 0);
            }
        }
    }

    /// <summary>Sends an ISA interrupt to a vector of one pCPU, with the trigger mode and polarity the MADT says.</summary>
    /// <param name="irq">0 to 15.</param>
    /// <param name="vector">Where it arrives.</param>
    /// <param name="apicId">ID of the pCPU's local APIC, at most 255.</param>
    /// <param name="handler">What takes it.</param>
    /// <returns>False when no I/O APIC has such a pin.</returns>
    public bool Route(int irq, byte vector, uint apicId, InterruptHandler handler)
    {
        InterruptOverride route = RouteOf(irq);
        if (!TryFindPin(route.GlobalInterrupt, out MadtIoApic ioApic, out int pin))
        {
            return false;
        }

        InterruptTable.SetHandler(vector, handler);
        uint low = vector | (route.LevelTriggered ? EntryLevel : 0) | (route.ActiveLow ? EntryActiveLow : 0);
        WriteEntry(ioApic, pin, low, apicId << 24);
        return true;
    }

    /// <summary>Masks the pin of an ISA interrupt (0 to 15).</summary>
    public void Mask(int irq)
    {
        if (TryFindPin(RouteOf(irq).GlobalInterrupt, out MadtIoApic ioApic, out int pin))
        {
            WriteEntry(ioApic, pin, EntryMasked, 0);
        }
    }

    private static void Mask8259()
    {
        // Intel 8259A data sheet: ICW1 starts, ICW2 is the first vector, ICW3 the cascade, ICW4 the 8086 mode; then all lines masked.
        Intrinsics.Out8(PicMasterCommand, 0x11);
        Intrinsics.Out8(PicSlaveCommand, 0x11);
        Intrinsics.Out8(PicMasterData, InterruptVector.Pic8259);
        Intrinsics.Out8(PicSlaveData, InterruptVector.Pic8259 + 8);
        Intrinsics.Out8(PicMasterData, 1 << 2);
        Intrinsics.Out8(PicSlaveData, 2);
        Intrinsics.Out8(PicMasterData, 1);
        Intrinsics.Out8(PicSlaveData, 1);
        Intrinsics.Out8(PicMasterData, 0xFF);
        Intrinsics.Out8(PicSlaveData, 0xFF);
    }

    private static int Pins(MadtIoApic ioApic) => Math.Min(MaxPins, (int)((ReadRegister(ioApic, IndexVersion) >> 16) & 0xFF) + 1);

    private static void WriteEntry(MadtIoApic ioApic, int pin, uint low, uint high)
    {
        // Masked while the two halves do not go together.
        uint index = IndexRedirection + ((uint)pin * 2);
        WriteRegister(ioApic, index, EntryMasked);
        WriteRegister(ioApic, index + 1, high);
        WriteRegister(ioApic, index, low);
    }

    private static uint ReadRegister(MadtIoApic ioApic, uint index)
    {
        Intrinsics.WriteMemory32(ioApic.Address + RegisterSelect, index);
        return Intrinsics.ReadMemory32(ioApic.Address + RegisterWindow);
    }

    private static void WriteRegister(MadtIoApic ioApic, uint index, uint value)
    {
        Intrinsics.WriteMemory32(ioApic.Address + RegisterSelect, index);
        Intrinsics.WriteMemory32(ioApic.Address + RegisterWindow, value);
    }

    private InterruptOverride RouteOf(int irq)
        => _madt != null ? _madt.IsaInterrupt(irq) : new InterruptOverride((uint)irq, activeLow: false, levelTriggered: false);

    private MadtIoApic At(int index)
    {
        const uint UsualAddress = 0xFEC0_0000;
        return _madt == null || _madt.IoApics.Length == 0 ? new MadtIoApic(0, UsualAddress, 0) : _madt.IoApics[index];
    }

    private bool TryFindPin(uint globalInterrupt, out MadtIoApic ioApic, out int pin)
    {
        for (int i = 0; i < Count; i++)
        {
            ioApic = At(i);
            if (globalInterrupt >= ioApic.GlobalInterruptBase && globalInterrupt - ioApic.GlobalInterruptBase < (uint)Pins(ioApic))
            {
                pin = (int)(globalInterrupt - ioApic.GlobalInterruptBase);
                return true;
            }
        }

        ioApic = default;
        pin = 0;
        return false;
    }
}
