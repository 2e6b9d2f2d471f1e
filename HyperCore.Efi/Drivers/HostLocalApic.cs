using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// The local APIC of the pCPU (AMD APM vol. 2, chapter 16), in the mode the firmware left it: memory-mapped or x2APIC. Its timer is the
/// one thing that ends a guest's time slice: TSC deadline where there is one, else one-shot.
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
    private const ulong CalibrationTime = 5_000_000;
    private const uint CpuidFeatures = 1;
    private const uint CpuidTscDeadline = 1u << 24;

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
    /// <param name="timerHandler">What runs when the timer fires.</param>
    public void Initialize(InterruptHandler timerHandler)
    {
        ulong apicBase = Intrinsics.ReadMsr(MsrApicBase);
        if ((apicBase & ApicBaseEnable) == 0)
        {
            apicBase |= ApicBaseEnable;
            Intrinsics.WriteMsr(MsrApicBase, apicBase);
        }

        _isX2Apic = (apicBase & ApicBaseX2Apic) != 0;
        _base = apicBase & ApicBaseAddressMask;
        uint id = Read(RegisterId);
        Id = _isX2Apic ? id : id >> 24;
        MaskAll();
        Write(RegisterTaskPriority, 0);
        Write(RegisterSpurious, SpuriousEnable | InterruptVector.Spurious);
        EndLeftOvers();
        Write(RegisterErrorStatus, 0);
        Write(RegisterError, InterruptVector.ApicError);
        InterruptTable.SetController(this);
        InterruptTable.SetHandler(InterruptVector.ApicError, new ErrorHandler(this));
        InterruptTable.SetHandler(InterruptVector.Timer, timerHandler);
        InitializeTimer();
    }

    /// <summary>Errors the local APIC reported so far.</summary>
    public ulong ErrorCount { get; private set; }

    /// <summary>Makes the timer fire at <paramref name="deadline"/>, nanoseconds of the clock; at once when that is past. Replaces an earlier deadline.</summary>
    public void ArmTimer(ulong deadline)
    {
        if (HasTscDeadline)
        {
            // 0 would disarm it.
            ulong tsc = _clock.TscAt(deadline);
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
    public void SendInterrupt(uint apicId, byte vector)
    {
        if (_isX2Apic)
        {
            // ICR is one register in x2APIC mode (AMD APM vol. 2, 16.13).
            Intrinsics.WriteMsr(MsrX2ApicFirst + (RegisterCommandLow >> 4), ((ulong)apicId << 32) | vector);
            return;
        }

        while ((Read(RegisterCommandLow) & CommandPending) != 0)
        {
            Intrinsics.Pause();
        }

        Write(RegisterCommandHigh, apicId << 24);
        Write(RegisterCommandLow, vector);
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
