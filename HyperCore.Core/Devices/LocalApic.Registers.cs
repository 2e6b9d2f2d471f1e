using System;

namespace HyperCore.Core.Devices;

/// <summary>The registers of the local APIC as the guest reads and writes them, whichever way it comes.</summary>
public sealed partial class LocalApic
{
    private const int TimerEntry = 0;
    private const int Lint0Entry = 3;
    private const int Lint1Entry = 4;
    private const int ErrorEntry = 5;
    private const int LvtEntries = 6;

    private const uint LvtMasked = 1u << 16;
    private const uint LvtLevel = 1u << 15;
    private const uint LvtRemoteIrr = 1u << 14;
    private const uint LvtModeMask = 7u << 8;
    private const uint LvtModeNmi = 4u << 8;
    private const uint LvtModeExtInt = 7u << 8;

    private const uint SpuriousEnabled = 1u << 8;
    private const uint SpuriousWritable = 0x3FF;
    private const byte FirstLegalVector = 16;

    /// <summary>An integrated APIC (14h) with six LVT entries, that does not offer to hold EOI broadcasts back.</summary>
    private const uint VersionValue = ((LvtEntries - 1) << 16) | 0x14;

    private readonly uint[] _lvt = new uint[LvtEntries];
    private uint _id;
    private byte _taskPriority;
    private uint _logicalDestination;
    private uint _destinationFormat;
    private uint _spuriousVector;
    private ApicError _errorStatus;
    private ApicError _pendingErrors;
    private ulong _interruptCommand;

    /// <summary>Fixed interrupts are accepted: not disabled in IA32_APIC_BASE, and bit 8 of SVR is set.</summary>
    internal bool IsSoftwareEnabled => (_spuriousVector & SpuriousEnabled) != 0 && IsGloballyEnabled;

    private uint X2ApicLogicalId => ((_initialId >> 4) << 16) | (1u << (int)(_initialId & 0xF));

    private uint ReadRegister(uint register)
    {
        switch (register)
        {
            case ApicRegister.Id:
                return IsX2Apic ? _initialId : _id << 24;
            case ApicRegister.Version:
                return VersionValue;
            case ApicRegister.TaskPriority:
                return _taskPriority;
            case ApicRegister.ArbitrationPriority:
                return (uint)ArbitrationPriority;
            case ApicRegister.ProcessorPriority:
                return (uint)_processorPriority;
            case ApicRegister.EndOfInterrupt:
                return 0;
            case ApicRegister.LogicalDestination:
                return IsX2Apic ? X2ApicLogicalId : _logicalDestination;
            case ApicRegister.DestinationFormat:
                return _destinationFormat;
            case ApicRegister.SpuriousVector:
                return _spuriousVector;
            case ApicRegister.ErrorStatus:
                return (uint)_errorStatus;
            case ApicRegister.InterruptCommandLow:
                return (uint)_interruptCommand;
            case ApicRegister.InterruptCommandHigh:
                return (uint)(_interruptCommand >> 32);
            case ApicRegister.InitialCount:
                return _timer.InitialCount;
            case ApicRegister.CurrentCount:
                return _timer.CurrentCount;
            case ApicRegister.DivideConfiguration:
                return _timer.DivideConfiguration;
        }

        if (register is >= ApicRegister.LvtTimer and <= ApicRegister.LvtError)
        {
            return _lvt[(register - ApicRegister.LvtTimer) >> 4];
        }

        if (register is >= ApicRegister.InService and < ApicRegister.ErrorStatus)
        {
            VectorSet set = register < ApicRegister.TriggerMode ? _inService
                : register < ApicRegister.InterruptRequest ? _levelTriggered
                : _request;
            return set.Register((int)(register >> 4) & 7);
        }

        ReportError(ApicError.IllegalRegisterAddress);
        return 0;
    }

    private void WriteRegister(uint register, uint value)
    {
        switch (register)
        {
            case ApicRegister.Id:
                _id = value >> 24;
                return;
            case ApicRegister.TaskPriority:
                // The processor's CR8 follows at the next entry.
                TaskPriority = (byte)value;
                ServiceNeeded = true;
                return;
            case ApicRegister.EndOfInterrupt:
                EndOfInterrupt();
                return;
            case ApicRegister.LogicalDestination:
                _logicalDestination = value & 0xFF00_0000;
                return;
            case ApicRegister.DestinationFormat:
                _destinationFormat = value | 0x0FFF_FFFF;
                return;
            case ApicRegister.SpuriousVector:
                WriteSpuriousVector(value & SpuriousWritable);
                return;
            case ApicRegister.ErrorStatus:
                // A write makes visible what was collected since the last one (Intel SDM vol. 3A, 11.5.3).
                _errorStatus = _pendingErrors;
                _pendingErrors = ApicError.None;
                return;
            case ApicRegister.InterruptCommandLow:
                _interruptCommand = (_interruptCommand & 0xFFFF_FFFF_0000_0000) | (value & InterruptCommand.WritableLow);
                SendIpi();
                return;
            case ApicRegister.InterruptCommandHigh:
                _interruptCommand = (uint)_interruptCommand | ((ulong)(value & 0xFF00_0000) << 32);
                return;
            case ApicRegister.InitialCount:
                _timer.InitialCount = value;
                return;
            case ApicRegister.DivideConfiguration:
                _timer.DivideConfiguration = value;
                return;
        }

        if (register is >= ApicRegister.LvtTimer and <= ApicRegister.LvtError)
        {
            WriteLvt((int)((register - ApicRegister.LvtTimer) >> 4), value);
        }
        else if (!IsReadOnly(register))
        {
            ReportError(ApicError.IllegalRegisterAddress);
        }
    }

    /// <summary>Bits of an LVT entry that can be written (Intel SDM vol. 3A, figure 11-8).</summary>
    private static uint LvtWritable(int entry) => entry switch
    {
        TimerEntry => 0x7_00FF,
        Lint0Entry or Lint1Entry => 0x1_A7FF,
        ErrorEntry => 0x1_00FF,
        _ => 0x1_07FF,
    };

    private static bool IsReadOnly(uint register) =>
        register is ApicRegister.Version or ApicRegister.ArbitrationPriority or ApicRegister.ProcessorPriority or ApicRegister.CurrentCount
            or (>= ApicRegister.InService and < ApicRegister.ErrorStatus);

    private void WriteSpuriousVector(uint value)
    {
        _spuriousVector = value;
        if ((value & SpuriousEnabled) != 0)
        {
            return;
        }

        // Software-disabled: every LVT entry is masked and stays so (Intel SDM vol. 3A, 11.4.7.2).
        for (int i = 0; i < LvtEntries; i++)
        {
            WriteLvt(i, _lvt[i]);
        }
    }

    private void WriteLvt(int entry, uint value)
    {
        uint kept = _lvt[entry] & LvtRemoteIrr;
        value &= LvtWritable(entry);
        if ((_spuriousVector & SpuriousEnabled) == 0)
        {
            value |= LvtMasked;
        }

        if (entry == TimerEntry)
        {
            // First the timer: an expiry that is due belongs to the old entry.
            _timer.Configure((LocalApicTimerMode)((value >> 17) & 3), (value & LvtMasked) != 0);
            _lvt[entry] = value;
            return;
        }

        bool level = IsLevelTriggered(entry, value);
        _lvt[entry] = level ? value | kept : value;
        if (entry == Lint0Entry && _lint0)
        {
            ServiceNeeded = true;
            if (level)
            {
                OnPinChanged(entry, asserted: true);
            }
        }
    }

    private void SendIpi()
    {
        var command = new InterruptCommand(_interruptCommand);
        DeliveryMode mode = command.DeliveryMode;

        // INIT level de-assert synchronised arbitration IDs on the serial APIC bus and does nothing since (Intel SDM vol. 3A, 11.6.1).
        if (mode is DeliveryMode.Reserved or DeliveryMode.ExtInt
            || (mode == DeliveryMode.Init && command.LevelTriggered && !command.Asserted))
        {
            return;
        }

        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority && command.Vector < FirstLegalVector)
        {
            ReportError(ApicError.SendIllegalVector);
            return;
        }

        _bus.SendIpi(this, command, IsX2Apic ? command.X2ApicDestination : command.XApicDestination);
    }

    private void OnPinChanged(int entry, bool asserted)
    {
        uint lvt = _lvt[entry];
        if (!IsGloballyEnabled)
        {
            // The pins are INTR and NMI then (Intel SDM vol. 3A, 11.4.3); INTR is a level that ExternalInterruptPending shows.
            NmiPending |= entry == Lint1Entry && asserted;
            ServiceNeeded = true;
            return;
        }

        if (!asserted || (lvt & LvtMasked) != 0)
        {
            return;
        }

        if (IsLevelTriggered(entry, lvt))
        {
            if ((lvt & LvtRemoteIrr) == 0 && AcceptVector((byte)lvt, levelTriggered: true))
            {
                _lvt[entry] |= LvtRemoteIrr;
            }
        }
        else
        {
            DeliverLocal(entry);
        }
    }

    /// <summary>At the EOI a level-triggered LINT0 that is still asserted asks again. LINT1 is always an edge (Intel SDM vol. 3A, 11.5.1).</summary>
    private void EndLevelOnLint(int entry, byte vector, bool asserted)
    {
        if ((_lvt[entry] & LvtRemoteIrr) != 0 && (byte)_lvt[entry] == vector)
        {
            _lvt[entry] &= ~LvtRemoteIrr;
            OnPinChanged(entry, asserted);
        }
    }

    private static bool IsLevelTriggered(int entry, uint lvt) => entry == Lint0Entry && (lvt & (LvtLevel | LvtModeMask)) == LvtLevel;

    private void DeliverLocal(int entry)
    {
        uint lvt = _lvt[entry];
        if ((lvt & LvtMasked) != 0)
        {
            return;
        }

        // The timer and error entries have no delivery mode: the bits are zero, which is fixed.
        var mode = (DeliveryMode)((lvt & LvtModeMask) >> 8);
        if (mode == DeliveryMode.ExtInt)
        {
            // A level, not a message: ExternalInterruptPending follows the pin.
            ServiceNeeded = true;
        }
        else if (mode is DeliveryMode.Fixed or DeliveryMode.Nmi or DeliveryMode.Init)
        {
            Accept(mode, (byte)lvt, levelTriggered: false);
        }
    }

    private void ReportError(ApicError error)
    {
        // An error that is already collected gives no second interrupt; so an illegal vector in the error entry itself ends here.
        if ((_pendingErrors & error) == 0)
        {
            _pendingErrors |= error;
            DeliverLocal(ErrorEntry);
        }
    }

    /// <summary>The state after power-on and INIT, but for ID and IA32_APIC_BASE (Intel SDM vol. 3A, 11.4.7.1).</summary>
    private void ResetRegisters()
    {
        _request.Clear();
        _inService.Clear();
        _levelTriggered.Clear();
        _lvt.AsSpan().Fill(LvtMasked);
        _taskPriority = 0;
        _logicalDestination = 0;
        _destinationFormat = 0xFFFF_FFFF;
        _spuriousVector = 0xFF;
        _errorStatus = ApicError.None;
        _pendingErrors = ApicError.None;
        _interruptCommand = 0;
        _externalMessage = false;
        NmiPending = false;
        _timer.Reset();
        UpdateProcessorPriority();
    }
}
