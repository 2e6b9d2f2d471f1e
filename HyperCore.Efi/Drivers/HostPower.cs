using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>Turns the real machine off and resets it, by what its ACPI tables say.</summary>
public sealed unsafe class HostPower
{
    private const ushort ControlSciEnable = 1 << 0;
    private const ushort ControlSleepEnable = 1 << 13;
    private const int ControlSleepTypeShift = 10;
    private const ushort ControlSleepTypeMask = 7 << ControlSleepTypeShift;
    private const ulong Second = 1_000_000_000;

    private readonly HostFadt? _fadt;
    private readonly Clock _clock;
    private readonly SleepType _softOff;

    /// <summary>Looks up what turns the machine off.</summary>
    /// <param name="tables">The machine's ACPI tables; null when it has none.</param>
    /// <param name="fadt">Its FADT; null when it has none.</param>
    /// <param name="clock">Limits how long hardware is waited for.</param>
    public HostPower(HostAcpiTables? tables, HostFadt? fadt, Clock clock)
    {
        _fadt = fadt;
        _clock = clock;
        if (tables == null || fadt == null || !fadt.Pm1aControl.IsPort)
        {
            return;
        }

        CanPowerOff = SleepType.TryFindSoftOff(tables.ViewTable(fadt.DsdtAddress, HostTableSignature.Dsdt), out _softOff);
        for (int i = 0; !CanPowerOff && i < HostAcpiTables.MaxTables; i++)
        {
            System.ReadOnlySpan<byte> ssdt = tables.Find(HostTableSignature.Ssdt, i);
            if (ssdt.IsEmpty)
            {
                return;
            }

            CanPowerOff = SleepType.TryFindSoftOff(ssdt, out _softOff);
        }
    }

    /// <summary>The machine can be turned off.</summary>
    public bool CanPowerOff { get; }

    /// <summary>Turns the machine off (ACPI 6.5, 4.8.3.2). Returns only when it stayed on.</summary>
    public void PowerOff()
    {
        if (!CanPowerOff)
        {
            return;
        }

        Intrinsics.DisableInterrupts();
        EnableAcpi();
        WriteControl(_fadt!.Pm1aControl, _softOff.TypeA);
        if (_fadt.Pm1bControl.IsPort)
        {
            WriteControl(_fadt.Pm1bControl, _softOff.TypeB);
        }

        Wait(2 * Second);
    }

    /// <summary>Resets the machine: by the ACPI reset register, port CF9h, the keyboard controller, and at last a triple fault.</summary>
    public void Reset()
    {
        Intrinsics.DisableInterrupts();
        if (_fadt != null)
        {
            WriteResetRegister(_fadt);
        }

        // Reset control register of the south bridge: full reset, then the edge that starts it.
        const ushort ResetControl = 0xCF9;
        Intrinsics.Out8(ResetControl, 0x02);
        Intrinsics.Out8(ResetControl, 0x06);
        Wait(Second / 10);

        // The keyboard controller pulses its output line 0, which is the processor's reset.
        const ushort KeyboardCommand = 0x64;
        Intrinsics.Out8(KeyboardCommand, 0xFE);
        Wait(Second / 10);

        DescriptorTableRegister nothing = default;
        Intrinsics.LoadIdt(&nothing);
        Intrinsics.RaiseBreakpoint();
    }

    private static void WriteControl(GenericAddress register, byte sleepType)
    {
        ushort port = (ushort)register.Address;
        ushort control = (ushort)(Intrinsics.In16(port) & ~ControlSleepTypeMask);
        control |= (ushort)(sleepType << ControlSleepTypeShift);
        Intrinsics.Out16(port, control);
        Intrinsics.Out16(port, (ushort)(control | ControlSleepEnable));
    }

    private void EnableAcpi()
    {
        // Firmware that still owns the registers gives them up on request (ACPI 6.5, 4.8.3.1).
        ushort port = (ushort)_fadt!.Pm1aControl.Address;
        if ((Intrinsics.In16(port) & ControlSciEnable) != 0 || _fadt.SmiCommandPort is 0 or > ushort.MaxValue || _fadt.AcpiEnableValue == 0)
        {
            return;
        }

        Intrinsics.Out8((ushort)_fadt.SmiCommandPort, _fadt.AcpiEnableValue);
        ulong end = _clock.Now + Second;
        while ((Intrinsics.In16(port) & ControlSciEnable) == 0 && _clock.Now < end)
        {
            Intrinsics.Pause();
        }
    }

    private void WriteResetRegister(HostFadt fadt)
    {
        // ACPI 6.5, 4.8.3.6: always 8 bits wide.
        GenericAddress reset = fadt.Reset;
        if (reset.IsPort)
        {
            Intrinsics.Out8((ushort)reset.Address, fadt.ResetValue);
        }
        else if (reset.Space == GenericAddress.SystemMemory && reset.Address != 0)
        {
            Intrinsics.WriteMemory8(reset.Address, fadt.ResetValue);
        }
        else if (reset.Space == GenericAddress.PciConfiguration && reset.Address != 0)
        {
            WritePciConfiguration(reset.Address, fadt.ResetValue);
        }
        else
        {
            return;
        }

        Wait(Second / 10);
    }

    private static void WritePciConfiguration(ulong address, byte value)
    {
        // Bits 32-47 device, 16-31 function, 0-15 offset, all on bus 0 (ACPI 6.5, table 5.1).
        const ushort ConfigurationAddress = 0xCF8;
        const ushort ConfigurationData = 0xCFC;
        uint offset = (uint)address & 0xFF;
        uint device = (uint)(address >> 32) & 0x1F;
        uint function = (uint)(address >> 16) & 7;
        Intrinsics.Out32(ConfigurationAddress, 0x8000_0000 | (device << 11) | (function << 8) | (offset & 0xFC));
        Intrinsics.Out8((ushort)(ConfigurationData + (offset & 3)), value);
    }

    private void Wait(ulong nanoseconds)
    {
        ulong end = _clock.Now + nanoseconds;
        while (_clock.Now < end)
        {
            Intrinsics.Pause();
        }
    }
}
