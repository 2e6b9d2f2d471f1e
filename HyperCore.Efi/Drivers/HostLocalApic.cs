using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// The local APIC of a pCPU (AMD APM vol. 2, chapter 16), memory-mapped or x2APIC: as the firmware left the boot processor's, unless an ID is
/// too high for the former. All have the same mode and address. Its timer is the one thing that ends a guest's time slice: TSC deadline
/// where there is one, else one-shot. All but the constructor is for the pCPU itself.
/// </summary>
public sealed class HostLocalApic : InterruptController
{
    private const uint MsrApicBase = 0x1B;
    private const uint MsrX2ApicFirst = 0x800;
    private const uint MsrTscDeadline = 0x6E0;
    private const ulong ApicBaseX2Apic = 1ul << 10;
    private const ulong ApicBaseEnable = 1ul << 11;
    private const ulong ApicBaseAddressMask = 0xF_FFFF_FFFF_F000;

    private const uint RegisterId = 0x20;
    private const uint RegisterVersion = 0x30;
    private const uint RegisterTaskPriority = 0x80;
    private const uint RegisterEndOfInterrupt = 0xB0;
    private const uint RegisterSpurious = 0xF0;
    private const uint RegisterInService = 0x100;
    private const uint RegisterErrorStatus = 0x280;
    private const uint RegisterCommandLow = 0x300;
    private const uint RegisterCommandHigh = 0x310;
    private const uint RegisterTimer = 0x320;
    private const uint RegisterThermal = 0x330;
    private const uint RegisterPerformance = 0x340;
    private const uint RegisterLint0 = 0x350;
    private const uint RegisterLint1 = 0x360;
    private const uint RegisterError = 0x370;
    private const uint RegisterInitialCount = 0x380;
    private const uint RegisterCurrentCount = 0x390;
    private const uint RegisterDivide = 0x3E0;

    private const uint LvtMasked = 1u << 16;
    private const uint LvtTscDeadline = 2u << 17;
    private const uint SpuriousEnable = 1u << 8;
    private const uint DivideByOne = 0xB;
    private const uint CommandPending = 1u << 12;
    private const uint CommandAssert = 1u << 14;
    private const uint CommandNmi = 4u << 8;
    private const uint CommandInit = 5u << 8;
    private const uint CommandStartup = 6u << 8;
    private const uint HighestXApicId = 0xFE;
    private const int MaxCommandPolls = 100_000;
    private const ulong CalibrationTime = 5_000_000;
    private const uint CpuidFeatures = 1;
    private const uint CpuidTscDeadline = 1u << 24;
    private const uint CpuidX2Apic = 1u << 21;

    private readonly HostClock _clock;
    private ulong _base;
    private bool _isX2Apic;
    private TscScale _timerScale;

    /// <summary>A driver whose timer follows <paramref name="clock"/>; the hardware is not touched yet.</summary>
    public HostLocalApic(HostClock clock)
    {
        _clock = clock;
        _timerScale = new TscScale(1_000_000_000);
    }

    /// <summary>The ID of this local APIC.</summary>
    public uint Id { get; private set; }

    /// <summary>It is in x2APIC mode.</summary>
    public bool IsX2Apic => _isX2Apic;

    /// <summary>The timer counts against the TSC.</summary>
    public bool HasTscDeadline { get; private set; }

    /// <summary>Ticks of the one-shot timer in one second; 0 with <see cref="HasTscDeadline"/>.</summary>
    public ulong TimerFrequency { get; private set; }

    /// <summary>
    /// Takes the local APIC over: everything masked, everything the firmware left in service ended, priority 0, enabled. Interrupts must be
    /// off and HyperCore's interrupt table loaded.
    /// </summary>
    /// <param name="timerHandler">What runs when the timer fires, on any pCPU.</param>
    /// <param name="highestId">The highest ID of all local APICs: above 254 only x2APIC mode reaches it.</param>
    public void Initialize(InterruptHandler timerHandler, uint highestId)
    {
        ulong apicBase = Intrinsics.ReadMsr(MsrApicBase);
        ulong wanted = apicBase | ApicBaseEnable;
        if (highestId > HighestXApicId && HasX2Apic)
        {
            wanted |= ApicBaseX2Apic;
        }

        SetBase(apicBase, wanted);
        TakeOver();
        InterruptTable.SetController(this);
        InterruptTable.SetHandler(InterruptVector.ApicError, new ErrorHandler(this));
        InterruptTable.SetHandler(InterruptVector.Timer, timerHandler);
        InitializeTimer();
    }

    /// <summary>Takes the local APIC of another pCPU over, which runs the caller; its timer is not measured again.</summary>
    /// <param name="boot">The boot processor's.</param>
    public void InitializeAs(HostLocalApic boot)
    {
        ulong apicBase = Intrinsics.ReadMsr(MsrApicBase);
        ulong mode = boot._isX2Apic ? ApicBaseX2Apic | ApicBaseEnable : ApicBaseEnable;
        SetBase(apicBase, (apicBase & ~(ApicBaseAddressMask | ApicBaseX2Apic)) | mode | boot._base);
        TakeOver();
        HasTscDeadline = boot.HasTscDeadline;
        TimerFrequency = boot.TimerFrequency;
        _timerScale = boot._timerScale;
        if (HasTscDeadline)
        {
            Write(RegisterTimer, LvtTscDeadline | InterruptVector.Timer);
            Intrinsics.MemoryFence();
        }
        else
        {
            Write(RegisterDivide, DivideByOne);
            Write(RegisterTimer, InterruptVector.Timer);
        }
    }

    private static bool HasX2Apic
    {
        get
        {
            Intrinsics.Cpuid(CpuidFeatures, 0, out _, out _, out uint ecx, out _);
            return (ecx & CpuidX2Apic) != 0;
        }
    }

    private void SetBase(ulong current, ulong wanted)
    {
        if ((current & ApicBaseX2Apic) != 0 && (wanted & ApicBaseX2Apic) == 0)
        {
            // The only way back leads through disabled (Intel SDM vol. 3A, 11.12.5; AMD APM vol. 2, 16.9).
            Intrinsics.WriteMsr(MsrApicBase, wanted & ~ApicBaseEnable);
        }
        else if ((current & ApicBaseEnable) == 0 && (wanted & ApicBaseX2Apic) != 0)
        {
            // And not from disabled to x2APIC in one step.
            Intrinsics.WriteMsr(MsrApicBase, wanted & ~ApicBaseX2Apic);
        }

        if (current != wanted)
        {
            Intrinsics.WriteMsr(MsrApicBase, wanted);
        }

        _isX2Apic = (wanted & ApicBaseX2Apic) != 0;
        _base = wanted & ApicBaseAddressMask;
    }

    private void TakeOver()
    {
        uint id = Read(RegisterId);
        Id = _isX2Apic ? id : id >> 24;
        MaskAll();
        Write(RegisterTaskPriority, 0);
        Write(RegisterSpurious, SpuriousEnable | InterruptVector.Spurious);
        EndLeftOvers();
        Write(RegisterErrorStatus, 0);
        Write(RegisterError, InterruptVector.ApicError);
    }

    /// <summary>Ticks that this pCPU's time-stamp counter is ahead of the clock's.</summary>
    public long TscOffset { get; set; }

    /// <summary>An IPI can be sent to this ID.</summary>
    public bool CanReach(uint apicId) => _isX2Apic || apicId <= HighestXApicId;

    /// <summary>Errors that local APICs reported so far.</summary>
    public ulong ErrorCount { get; private set; }

    /// <summary>Makes the timer fire at <paramref name="deadline"/>, nanoseconds of the clock; at once when that is past. Replaces an earlier deadline.</summary>
    public void ArmTimer(ulong deadline)
    {
        if (HasTscDeadline)
        {
            // 0 would disarm it.
            ulong tsc = _clock.TscAt(deadline);
            tsc = tsc == ulong.MaxValue ? tsc : tsc + (ulong)TscOffset;
            Intrinsics.WriteMsr(MsrTscDeadline, tsc == 0 ? 1 : tsc);
            return;
        }

        ulong now = _clock.Now;
        ulong count = deadline <= now ? 1 : _timerScale.ToTicksRoundUp(deadline - now);

        // A deadline beyond the counter's reach fires early; the loop that armed it looks at the clock and arms it again.
        Write(RegisterInitialCount, count == 0 ? 1 : count > uint.MaxValue ? uint.MaxValue : (uint)count);
    }

    /// <summary>Takes the deadline back.</summary>
    public void CancelTimer()
    {
        if (HasTscDeadline)
        {
            Intrinsics.WriteMsr(MsrTscDeadline, 0);
        }
        else
        {
            Write(RegisterInitialCount, 0);
        }
    }

    /// <inheritdoc/>
    public override void EndOfInterrupt() => Write(RegisterEndOfInterrupt, 0);

    /// <inheritdoc/>
    public override bool IsInService(int vector) => (Read(RegisterInService + ((uint)(vector >> 5) * 0x10)) >> (vector & 31) & 1) != 0;

    /// <summary>Sends a fixed interrupt to another pCPU.</summary>
    /// <param name="apicId">Its local APIC's ID.</param>
    /// <param name="vector">The vector.</param>
    public void SendInterrupt(uint apicId, byte vector) => Send(apicId, vector);

    /// <summary>Sends an NMI to another pCPU.</summary>
    public void SendNmi(uint apicId) => Send(apicId, CommandNmi | CommandAssert);

    /// <summary>Puts another pCPU into the state after INIT, in which it waits for <see cref="SendStartup"/>.</summary>
    public void SendInit(uint apicId) => Send(apicId, CommandInit | CommandAssert);

    /// <summary>Has another pCPU, which waits for it, begin in real mode.</summary>
    /// <param name="apicId">Its local APIC's ID.</param>
    /// <param name="page">Where: the number of a page below 1 MiB.</param>
    public void SendStartup(uint apicId, byte page) => Send(apicId, CommandStartup | CommandAssert | page);

    private void Send(uint apicId, uint command)
    {
        if (_isX2Apic)
        {
            // ICR is one register in x2APIC mode, and writing it waits for nothing: what was stored before must be seen before the IPI arrives
            // (AMD APM vol. 2, 16.13; Intel SDM vol. 3A, 11.12.3).
            Intrinsics.MemoryFence();
            Intrinsics.WriteMsr(MsrX2ApicFirst + (RegisterCommandLow >> 4), ((ulong)apicId << 32) | command);
            return;
        }

        for (int i = 0; i < MaxCommandPolls && (Read(RegisterCommandLow) & CommandPending) != 0; i++)
        {
            Intrinsics.Pause();
        }

        Write(RegisterCommandHigh, apicId << 24);
        Write(RegisterCommandLow, command);
    }

    private void MaskAll()
    {
        uint entries = ((Read(RegisterVersion) >> 16) & 0xFF) + 1;
        Write(RegisterTimer, LvtMasked);
        Write(RegisterInitialCount, 0);
        Write(RegisterLint0, LvtMasked);
        Write(RegisterLint1, LvtMasked);
        Write(RegisterError, LvtMasked);
        if (entries >= 5)
        {
            Write(RegisterPerformance, LvtMasked);
        }

        if (entries >= 6)
        {
            Write(RegisterThermal, LvtMasked);
        }
    }

    private void EndLeftOvers()
    {
        // The application may have been started from within a timer event of the firmware: one end of interrupt for each bit in service.
        for (int vector = 255; vector >= InterruptVector.ExceptionCount; vector--)
        {
            if (IsInService(vector))
            {
                EndOfInterrupt();
            }
        }
    }

    private void InitializeTimer()
    {
        Intrinsics.Cpuid(CpuidFeatures, 0, out _, out _, out uint ecx, out _);
        HasTscDeadline = (ecx & CpuidTscDeadline) != 0;
        if (HasTscDeadline)
        {
            Write(RegisterTimer, LvtTscDeadline | InterruptVector.Timer);

            // The mode must be set before the first deadline is (Intel SDM vol. 3A, 11.5.4.1).
            Intrinsics.MemoryFence();
            return;
        }

        Write(RegisterDivide, DivideByOne);
        Write(RegisterTimer, LvtMasked | InterruptVector.Timer);
        TimerFrequency = MeasureTimer();
        _timerScale = new TscScale(TimerFrequency);
        Write(RegisterTimer, InterruptVector.Timer);
    }

    private ulong MeasureTimer()
    {
        Write(RegisterInitialCount, uint.MaxValue);
        ulong start = _clock.Now;
        uint first = Read(RegisterCurrentCount);
        ulong end;
        do
        {
            Intrinsics.Pause();
            end = _clock.Now;
        }
        while (end - start < CalibrationTime);
        uint last = Read(RegisterCurrentCount);
        Write(RegisterInitialCount, 0);
        ulong frequency = WideMath.MultiplyDivide(first - last, 1_000_000_000, end - start);

        // A timer that does not count at all makes HyperCore unable to take a processor back from a guest; the least it can be is shown to people.
        return frequency < TscScale.MinFrequency ? TscScale.MinFrequency : frequency > TscScale.MaxFrequency ? TscScale.MaxFrequency : frequency;
    }

    private uint Read(uint register)
        => _isX2Apic ? (uint)Intrinsics.ReadMsr(MsrX2ApicFirst + (register >> 4)) : Intrinsics.ReadMemory32(_base + register);

    private void Write(uint register, uint value)
    {
        if (_isX2Apic)
        {
            Intrinsics.WriteMsr(MsrX2ApicFirst + (register >> 4), value);
        }
        else
        {
            Intrinsics.WriteMemory32(_base + register, value);
        }
    }

    private sealed class ErrorHandler : InterruptHandler
    {
        private readonly HostLocalApic _apic;

        public ErrorHandler(HostLocalApic apic) => _apic = apic;

        public override void Handle()
        {
            // Writing latches and clears the errors (AMD APM vol. 2, 16.4.6).
            _apic.Write(RegisterErrorStatus, 0);
            _apic.ErrorCount++;
        }
    }
}
