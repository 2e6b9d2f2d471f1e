using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The local APIC of one vCPU (Intel SDM vol. 3A, chapter 11; AMD APM vol. 2, chapter 16), in xAPIC and x2APIC mode. This part is what the run
/// loop and the <see cref="ApicBus"/> see: requests, priorities and what waits for the vCPU. The run loop looks closer only when
/// <see cref="ServiceNeeded"/> is set.
/// </summary>
/// <remarks>
/// The registers are in an <see cref="ApicRegisterPage"/>. When the processor uses them too, it changes IRR, ISR, PPR and what the guest writes while the
/// vCPU runs, and asks for no lock. So only the vCPU itself writes to the page; what others have for it is posted in fields of this object, and comes into
/// the page by <see cref="TakePosted"/>. Others may read the page: of a vCPU that is not running it is exact, of one that runs it may be a moment old.
/// </remarks>
public sealed partial class LocalApic : Device
{
    /// <summary>Frequency of the timer before its divider, in hertz: one tick is one nanosecond.</summary>
    public const uint TimerFrequency = 1_000_000_000;

    private readonly ApicBus _bus;
    private readonly LocalApicTimer _timer;
    private readonly uint _initialId;
    private readonly int _busIndex;
    private readonly ApicRegisterPage _registers;
    private readonly bool _isProcessors;
    private readonly VectorSet _posted = new();
    private readonly VectorSet _postedLevels = new();
    private bool _serviceNeeded;
    private bool _lint0;
    private bool _lint1;
    private bool _externalMessage;

    /// <summary>Builds a local APIC and connects it to its bus, in power-on state.</summary>
    /// <param name="apicId">Its ID. ID 0 is the boot processor's unless <see cref="IsBootProcessor"/> says otherwise.</param>
    /// <param name="bus">The bus of the VM.</param>
    /// <param name="clock">What its timer counts by.</param>
    /// <param name="timers">Where its timer's deadlines go.</param>
    /// <param name="registers">Its registers.</param>
    public LocalApic(uint apicId, ApicBus bus, Clock clock, TimerSet timers, ApicRegisterPage registers)
    {
        _registers = registers;
        _isProcessors = registers.IsUsedByProcessor;
        _initialId = apicId;
        _bus = bus;
        _timer = new LocalApicTimer(this, clock, timers);
        Lint0 = new LocalInterruptPin(this, second: false);
        Lint1 = new LocalInterruptPin(this, second: true);
        IsBootProcessor = apicId == 0;
        _busIndex = bus.Add(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "local APIC";

    /// <summary>The ID it was built with, whatever the guest writes to the ID register.</summary>
    public uint ApicId => _initialId;

    /// <summary>Whether IA32_APIC_BASE shows the BSP bit.</summary>
    public bool IsBootProcessor { get; set; }

    /// <summary>The LINT0 pin as a line; the 8259's INT output goes here.</summary>
    public InterruptLine Lint0 { get; }

    /// <summary>The LINT1 pin as a line: NMI.</summary>
    public InterruptLine Lint1 { get; }

    /// <summary>
    /// Something happened that may let an interrupt, an NMI, INIT or SIPI be delivered. Set here, cleared by the run loop before it looks.
    /// Taking one event sets it again, because another may wait behind it. It is only changed with the VM's lock held, but may be read without.
    /// </summary>
    public bool ServiceNeeded
    {
        get => _serviceNeeded;
        set
        {
            _serviceNeeded = value;
            if (value)
            {
                _bus.Note(_busIndex);
            }
        }
    }

    /// <summary>The highest requested vector that the processor priority lets through, or -1.</summary>
    public int PendingVector
    {
        get
        {
            int vector = HighestRequest;
            return vector >= 0 && IsAboveProcessorPriority(vector) ? vector : -1;
        }
    }

    /// <summary>The highest requested vector that would be delivered if the task priority were 0, and is not now; -1 when there is none.</summary>
    public int VectorHeldByTaskPriority
    {
        get
        {
            int vector = HighestRequest;
            if (vector < 0 || IsAboveProcessorPriority(vector))
            {
                return -1;
            }

            int service = _registers.Highest(ApicRegister.InService);
            int serviceClass = service < 0 ? 0 : service & 0xF0;
            return (vector & 0xF0) > serviceClass ? vector : -1;
        }
    }

    /// <summary>The task priority register. CR8 is its bits 7:4.</summary>
    public byte TaskPriority
    {
        get => (byte)_registers[ApicRegister.TaskPriority];
        set
        {
            byte old = TaskPriority;
            if (value == old)
            {
                return;
            }

            ServiceNeeded |= value < old;
            _registers[ApicRegister.TaskPriority] = value;
            UpdateProcessorPriority();
        }
    }

    /// <summary>
    /// The 8259 has an interrupt for this vCPU: LINT0 is asserted and unmasked in ExtINT mode, or the APIC is globally disabled and LINT0 is the
    /// processor's INTR pin; or an ExtINT message came. The run loop calls <see cref="TakeExternalInterrupt"/> and asks the 8259 for the vector.
    /// </summary>
    public bool ExternalInterruptPending => _externalMessage || (_lint0 && IsLint0External);

    /// <summary>An NMI waits.</summary>
    public bool NmiPending { get; private set; }

    /// <summary>An INIT waits.</summary>
    public bool InitPending { get; private set; }

    /// <summary>A start-up IPI waits.</summary>
    public bool SipiPending { get; private set; }

    /// <summary>Vector of the start-up IPI that waits or was taken last: the vCPU starts at vector * 1000h.</summary>
    public byte SipiVector { get; private set; }

    /// <summary>The vCPU waits for a start-up IPI; at other times they are ignored (Intel SDM vol. 3A, 9.4.3).</summary>
    public bool WaitingForSipi { get; private set; }

    /// <summary>Priority by which a lowest-priority interrupt finds its processor (Intel SDM vol. 3A, 11.6.2.4).</summary>
    internal int ArbitrationPriority
    {
        get
        {
            int service = _registers.Highest(ApicRegister.InService);
            int request = HighestRequest;
            int serviceClass = service < 0 ? 0 : service & 0xF0;
            int requestClass = request < 0 ? 0 : request & 0xF0;
            int taskPriority = TaskPriority;
            int taskClass = taskPriority & 0xF0;
            if (taskClass >= requestClass && taskClass > serviceClass)
            {
                return taskPriority;
            }

            int highest = taskClass > serviceClass ? taskClass : serviceClass;
            return highest > requestClass ? highest : requestClass;
        }
    }

    private bool IsLint0External => !IsGloballyEnabled || (Lvt(Lint0Entry) & (LvtMasked | LvtModeMask)) == LvtModeExtInt;

    private bool IsAboveProcessorPriority(int vector) => (uint)(vector & 0xF0) > (_registers[ApicRegister.ProcessorPriority] & 0xF0);

    private int HighestRequest
    {
        get
        {
            int request = _registers.Highest(ApicRegister.InterruptRequest);
            return _isProcessors ? Math.Max(request, _posted.Highest) : request;
        }
    }

    /// <summary>The vCPU takes an interrupt: the vector moves from IRR to ISR. Not for a processor that does so itself.</summary>
    public void Acknowledge(int vector)
    {
        if (vector < 0 || !_registers.Contains(ApicRegister.InterruptRequest, vector))
        {
            return;
        }

        _registers.Remove(ApicRegister.InterruptRequest, vector);
        _registers.Add(ApicRegister.InService, vector);
        UpdateProcessorPriority();
        ServiceNeeded = true;
    }

    /// <summary>What has come for a vCPU whose processor uses the registers goes into them. Called by the vCPU itself, before it is entered.</summary>
    public void TakePosted()
    {
        ShowRemoteIrr();
        for (int vector = _posted.Highest; vector >= 0; vector = _posted.Highest)
        {
            Request(vector, _postedLevels.Contains(vector));
            _posted.Remove(vector);
            _postedLevels.Remove(vector);
        }
    }

    /// <summary>The processor has ended an interrupt by itself: the vector has left ISR. What else belongs to the end of a level-triggered one is done.</summary>
    public void OnInterruptEnded(int vector) => EndLevel(vector);

    /// <summary>The guest has written to a register, and the value is there already: what the register does is done.</summary>
    /// <param name="offset">Its offset.</param>
    public void OnRegisterWritten(uint offset)
    {
        uint register = offset & 0x3F0;
        if (register == ApicRegister.SelfIpi)
        {
            SendToSelf((byte)_registers[register]);
        }
        else
        {
            WriteRegister(register, _registers[register]);
        }
    }

    /// <summary>The vCPU takes the interrupt of <see cref="ExternalInterruptPending"/>.</summary>
    public void TakeExternalInterrupt()
    {
        _externalMessage = false;
        ServiceNeeded = true;
    }

    /// <summary>The vCPU takes the NMI that waits.</summary>
    /// <returns>False when there was none.</returns>
    public bool TakeNmi()
    {
        bool pending = NmiPending;
        NmiPending = false;
        ServiceNeeded |= pending;
        return pending;
    }

    /// <summary>
    /// The vCPU takes the INIT that waits: the local APIC is reset but for its ID and IA32_APIC_BASE (Intel SDM vol. 3A, 11.4.7.3), and unless it is the boot
    /// processor's, start-up IPIs count from now on.
    /// </summary>
    /// <returns>False when there was none.</returns>
    public bool TakeInit()
    {
        bool pending = InitPending;
        if (pending)
        {
            InitPending = false;
            ResetRegisters();
            WaitingForSipi = !IsBootProcessor;
            ServiceNeeded = true;
        }

        return pending;
    }

    /// <summary>The vCPU takes the start-up IPI that waits and starts at <see cref="SipiVector"/> * 1000h.</summary>
    /// <returns>False when there was none.</returns>
    public bool TakeSipi()
    {
        bool pending = SipiPending && !InitPending;
        if (pending)
        {
            SipiPending = false;
            WaitingForSipi = false;
            ServiceNeeded = true;
        }

        return pending;
    }

    /// <summary>Drives LINT0.</summary>
    public void SetLint0(bool asserted)
    {
        if (_lint0 != asserted)
        {
            _lint0 = asserted;
            OnPinChanged(Lint0Entry, asserted);
        }
    }

    /// <summary>Drives LINT1. With the APIC globally disabled it is the processor's NMI pin.</summary>
    public void SetLint1(bool asserted)
    {
        if (_lint1 != asserted)
        {
            _lint1 = asserted;
            OnPinChanged(Lint1Entry, asserted);
        }
    }

    /// <summary>
    /// Sets up virtual wire mode as firmware does before it starts an OS: enabled, LINT0 passes the 8259 through, LINT1 is NMI
    /// (MultiProcessor Specification 1.4, 3.6.2.2). For a kernel that is booted without firmware.
    /// </summary>
    public void ConfigureVirtualWire()
    {
        WriteRegister(ApicRegister.SpuriousVector, SpuriousEnabled | 0x0F);
        WriteRegister(ApicRegister.LvtLint0, LvtModeExtInt);
        WriteRegister(ApicRegister.LvtLint1, LvtModeNmi);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _apicBase = ApicBaseDefault;
        _registers[ApicRegister.Id] = _initialId << 24;
        _lint0 = false;
        _lint1 = false;
        InitPending = false;
        SipiPending = false;
        WaitingForSipi = !IsBootProcessor;
        ResetRegisters();
        ServiceNeeded = true;
    }

    /// <summary>Takes a message from the bus.</summary>
    /// <returns>False when the APIC is software-disabled or the vector is illegal.</returns>
    internal bool Accept(DeliveryMode mode, byte vector, bool levelTriggered)
    {
        switch (mode)
        {
            case DeliveryMode.Fixed:
            case DeliveryMode.LowestPriority:
                return AcceptVector(vector, levelTriggered);

            case DeliveryMode.Nmi:
                NmiPending = true;
                break;

            case DeliveryMode.Init:
                // What was to be started before the INIT is no longer.
                InitPending = true;
                SipiPending = false;
                break;

            case DeliveryMode.StartUp:
                if ((!WaitingForSipi && !InitPending) || SipiPending || IsBootProcessor)
                {
                    return true;
                }

                SipiPending = true;
                SipiVector = vector;
                break;

            case DeliveryMode.ExtInt:
                _externalMessage = true;
                break;

            default:
                // SMI: a virtual PC without system management mode has nothing to do.
                return true;
        }

        ServiceNeeded = true;
        return true;
    }

    /// <summary>Whether a message with this destination is for this processor (Intel SDM vol. 3A, 11.6.2 and 11.12.10).</summary>
    internal bool Matches(uint destination, bool logical)
    {
        if (!IsGloballyEnabled)
        {
            return false;
        }

        if (destination == InterruptMessage.Broadcast)
        {
            return true;
        }

        if (IsX2Apic)
        {
            uint ldr = X2ApicLogicalId;
            return logical ? destination >> 16 == ldr >> 16 && (destination & ldr & 0xFFFF) != 0 : destination == _initialId;
        }

        if (!logical)
        {
            return destination == _registers[ApicRegister.Id] >> 24;
        }

        uint logicalId = _registers[ApicRegister.LogicalDestination] >> 24;
        if (destination > 0xFF)
        {
            return false;
        }

        // Flat model: a bit for each processor. Cluster model: a cluster of four (Intel SDM vol. 3A, 11.6.2.2).
        return _registers[ApicRegister.DestinationFormat] >> 28 == 0xF
            ? (destination & logicalId) != 0
            : destination >> 4 == logicalId >> 4 && (destination & logicalId & 0xF) != 0;
    }

    internal void OnTimerExpired() => DeliverLocal(TimerEntry);

    private bool AcceptVector(byte vector, bool levelTriggered)
    {
        if (!IsSoftwareEnabled)
        {
            return false;
        }

        if (vector < FirstLegalVector)
        {
            ReportError(ApicError.ReceiveIllegalVector);
            return false;
        }

        if (_isProcessors)
        {
            Post(vector, levelTriggered);
        }
        else
        {
            Request(vector, levelTriggered);
        }

        ServiceNeeded = true;
        return true;
    }

    private void Request(int vector, bool levelTriggered)
    {
        _registers.Add(ApicRegister.InterruptRequest, vector);
        if (levelTriggered)
        {
            _registers.Add(ApicRegister.TriggerMode, vector);
        }
        else
        {
            _registers.Remove(ApicRegister.TriggerMode, vector);
        }
    }

    private void Post(int vector, bool levelTriggered)
    {
        _posted.Add(vector);
        if (levelTriggered)
        {
            _postedLevels.Add(vector);
        }
        else
        {
            _postedLevels.Remove(vector);
        }
    }

    private void EndOfInterrupt()
    {
        int vector = _registers.Highest(ApicRegister.InService);
        if (vector < 0)
        {
            return;
        }

        _registers.Remove(ApicRegister.InService, vector);
        UpdateProcessorPriority();
        ServiceNeeded = true;
        EndLevel(vector);
    }

    private void EndLevel(int vector)
    {
        if (_registers.Contains(ApicRegister.TriggerMode, vector))
        {
            EndLevelOnLint((byte)vector);
            _bus.BroadcastEoi((byte)vector);
        }
    }

    /// <summary>PPR is the higher of TPR and the class of the highest vector in service (Intel SDM vol. 3A, 11.8.3.1).</summary>
    private void UpdateProcessorPriority()
    {
        int service = _registers.Highest(ApicRegister.InService);
        uint serviceClass = service < 0 ? 0 : (uint)service & 0xF0;
        uint taskPriority = TaskPriority;
        _registers[ApicRegister.ProcessorPriority] = (taskPriority & 0xF0) >= serviceClass ? taskPriority : serviceClass;
    }
}
