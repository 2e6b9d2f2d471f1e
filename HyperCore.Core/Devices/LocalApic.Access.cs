namespace HyperCore.Core.Devices;

/// <summary>The two ways to the registers: the page of xAPIC mode and the MSRs of x2APIC mode.</summary>
public sealed partial class LocalApic
{
    private const ulong ApicBaseBootProcessor = 1 << 8;
    private const ulong ApicBaseX2Apic = 1 << 10;
    private const ulong ApicBaseEnabled = 1 << 11;
    private const ulong ApicBaseDefault = 0xFEE0_0000 | ApicBaseEnabled;

    /// <summary>Registers that x2APIC mode can read: bit N is MSR 800h + N (Intel SDM vol. 3A, table 11-6).</summary>
    public const ulong X2ApicReadable = 0x43FD_01FF_FFFF_A50C;

    /// <summary>Registers that x2APIC mode can write.</summary>
    private const ulong X2ApicWritable = 0xC1FD_0100_0000_8900;

    private ulong _apicBase;

    /// <summary>Not disabled in IA32_APIC_BASE. A disabled one takes no messages and its page answers as if nothing were there.</summary>
    public bool IsGloballyEnabled => (_apicBase & ApicBaseEnabled) != 0;

    /// <summary>In x2APIC mode: registers are MSRs and the page does not answer.</summary>
    public bool IsX2Apic => (_apicBase & ApicBaseX2Apic) != 0;

    /// <summary>How the guest reaches the registers now.</summary>
    public ApicAccess Access => !IsGloballyEnabled ? ApicAccess.None : IsX2Apic ? ApicAccess.Msrs : ApicAccess.Page;

    /// <summary>Whether the guest may turn x2APIC mode on. True unless the VM's CPUID hides the mode.</summary>
    public bool IsX2ApicOffered { get; set; } = true;

    /// <summary>Reads from the page. A register is the first four of sixteen bytes; bytes within them can be read too, the rest is zero.</summary>
    public override ulong ReadMmio(ulong offset, int size)
    {
        if (!IsGloballyEnabled || IsX2Apic)
        {
            return 0xFFFF_FFFF_FFFF_FFFF;
        }

        uint inRegister = (uint)offset & 0xF;
        if (offset >= 0x1000 || inRegister > 3)
        {
            return 0;
        }

        ulong value = ReadRegister((uint)offset & 0xFF0) >> (int)(inRegister * 8);
        return size >= 4 ? value : value & ((1ul << (size * 8)) - 1);
    }

    /// <summary>Writes to the page. Only aligned 32-bit writes mean something (Intel SDM vol. 3A, 11.4.1); the upper half of a wider one is lost.</summary>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        if (IsGloballyEnabled && !IsX2Apic && size >= 4 && offset < 0x1000 && (offset & 0xF) == 0)
        {
            WriteRegister((uint)offset, (uint)value);
        }
    }

    /// <summary>Reads IA32_APIC_BASE, IA32_TSC_DEADLINE or an x2APIC register.</summary>
    /// <returns>False when the processor raises #GP.</returns>
    public bool TryReadMsr(uint msr, out ulong value)
    {
        value = 0;
        switch (msr)
        {
            case ApicRegister.ApicBaseMsr:
                value = _apicBase | (IsBootProcessor ? ApicBaseBootProcessor : 0);
                return true;

            case ApicRegister.TscDeadlineMsr:
                value = _timer.TscDeadline;
                return true;

            case >= ApicRegister.FirstMsr and <= ApicRegister.LastMsr:
                int index = (int)(msr - ApicRegister.FirstMsr);
                if (!IsX2Apic || (X2ApicReadable & (1ul << index)) == 0)
                {
                    return false;
                }

                uint register = (uint)index << 4;
                value = register == ApicRegister.InterruptCommandLow ? InterruptCommandValue : ReadRegister(register);
                return true;

            default:
                return false;
        }
    }

    /// <summary>Writes IA32_APIC_BASE, IA32_TSC_DEADLINE or an x2APIC register.</summary>
    /// <returns>False when the processor raises #GP.</returns>
    public bool TryWriteMsr(uint msr, ulong value)
    {
        switch (msr)
        {
            case ApicRegister.ApicBaseMsr:
                return TryWriteApicBase(value);

            case ApicRegister.TscDeadlineMsr:
                _timer.TscDeadline = value;
                return true;

            case >= ApicRegister.FirstMsr and <= ApicRegister.LastMsr:
                int index = (int)(msr - ApicRegister.FirstMsr);
                return IsX2Apic && (X2ApicWritable & (1ul << index)) != 0 && TryWriteX2Apic((uint)index << 4, value);

            default:
                return false;
        }
    }

    private bool TryWriteX2Apic(uint register, ulong value)
    {
        if (register == ApicRegister.InterruptCommandLow)
        {
            if (((uint)value & InterruptCommand.ReservedLow) != 0)
            {
                return false;
            }

            _registers[register] = (uint)value;
            _registers[InterruptCommandTop] = (uint)(value >> 32);
            SendIpi();
            return true;
        }

        if ((value & ~(ulong)X2ApicWritableBits(register)) != 0)
        {
            return false;
        }

        if (register == ApicRegister.SelfIpi)
        {
            SendToSelf((byte)value);
            return true;
        }

        WriteRegister(register, (uint)value);
        return true;
    }

    // The same as an ICR write with the self shorthand (Intel SDM vol. 3A, 11.12.11).
    private void SendToSelf(byte vector)
    {
        if (vector < FirstLegalVector)
        {
            ReportError(ApicError.SendIllegalVector);
        }
        else
        {
            AcceptVector(vector, levelTriggered: false);
        }
    }

    /// <summary>Bits of an x2APIC register that may be set in a write; any other raises #GP.</summary>
    private static uint X2ApicWritableBits(uint register) => register switch
    {
        ApicRegister.TaskPriority or ApicRegister.SelfIpi => 0xFF,
        ApicRegister.EndOfInterrupt or ApicRegister.ErrorStatus => 0,
        ApicRegister.SpuriousVector => SpuriousWritable,
        ApicRegister.DivideConfiguration => 0xB,
        ApicRegister.InitialCount => 0xFFFF_FFFF,

        // Delivery status and remote IRR are read only, not reserved.
        _ => LvtWritable((int)((register - ApicRegister.LvtTimer) >> 4)) | 0x5000,
    };

    /// <summary>
    /// The mode changes that the processor allows (Intel SDM vol. 3A, 11.12.5). The page stays where the virtual PC decodes it: another base
    /// is refused like an address that the processor does not have.
    /// </summary>
    private bool TryWriteApicBase(ulong value)
    {
        value &= ~ApicBaseBootProcessor;
        ulong mode = value & (ApicBaseEnabled | ApicBaseX2Apic);
        ulong oldMode = _apicBase & (ApicBaseEnabled | ApicBaseX2Apic);
        if ((value & ~(ApicBaseEnabled | ApicBaseX2Apic)) != (ApicBaseDefault & ~ApicBaseEnabled)
            || mode == ApicBaseX2Apic
            || (mode == (ApicBaseEnabled | ApicBaseX2Apic) && (oldMode == 0 || !IsX2ApicOffered))
            || (mode == ApicBaseEnabled && oldMode == (ApicBaseEnabled | ApicBaseX2Apic)))
        {
            return false;
        }

        if (mode == oldMode)
        {
            return true;
        }

        _apicBase = value;
        if (mode == 0)
        {
            // Enabled again, it is as after power-on (Intel SDM vol. 3A, 11.4.3).
            if ((oldMode & ApicBaseX2Apic) != 0)
            {
                _registers[ApicRegister.Id] = _initialId << 24;
            }

            ResetRegisters();
        }
        else if (IsX2Apic)
        {
            // ID and LDR come from the initial ID; the destination of the ICR is not preserved (11.12.5.1).
            _registers[ApicRegister.Id] = _initialId;
            _registers[ApicRegister.LogicalDestination] = X2ApicLogicalId;
            _registers[InterruptCommandTop] = 0;
        }

        ServiceNeeded = true;
        return true;
    }
}
