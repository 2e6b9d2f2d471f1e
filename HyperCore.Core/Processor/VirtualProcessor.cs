using HyperCore.Core.Devices;
using HyperCore.Core.Exits;

namespace HyperCore.Core.Processor;

/// <summary>
/// One vCPU as the hardware holds it. This is the whole of what HyperCore.Core knows of AMD SVM and Intel VMX: a back end implements it,
/// and nothing above it knows which one it has.
/// </summary>
/// <remarks>
/// From <see cref="LoadExtendedState"/> to <see cref="SaveExtendedState"/> only the pCPU that called them may use it, but for <see cref="Registers"/>,
/// <see cref="Rflags"/> and <see cref="EventPending"/>, which any pCPU may read. Outside any one pCPU may use it.
/// </remarks>
public abstract unsafe class VirtualProcessor
{
    private ulong _pat;

    /// <summary>The general-purpose registers. The pointer stays the same for the life of the object.</summary>
    public abstract GuestRegisters* Registers { get; }

    /// <summary>Instruction pointer.</summary>
    public abstract ulong Rip { get; set; }

    /// <summary>RFLAGS.</summary>
    public abstract ulong Rflags { get; set; }

    /// <summary>CR0.</summary>
    public abstract ulong Cr0 { get; set; }

    /// <summary>CR2.</summary>
    public abstract ulong Cr2 { get; set; }

    /// <summary>CR3.</summary>
    public abstract ulong Cr3 { get; set; }

    /// <summary>CR4.</summary>
    public abstract ulong Cr4 { get; set; }

    /// <summary>DR6: the emulator sets BS with a single-step trap.</summary>
    public abstract ulong Dr6 { get; set; }

    /// <summary>IA32_EFER, as the guest sees it.</summary>
    public abstract ulong Efer { get; set; }

    /// <summary>IA32_PAT of the guest.</summary>
    public ulong Pat
    {
        get => _pat;
        set
        {
            _pat = value;
            SetPat(value);
        }
    }

    /// <summary>Current privilege level, 0 to 3.</summary>
    public abstract int Cpl { get; }

    /// <summary>The vCPU sits behind STI or MOV SS: no interrupt is taken before the next instruction ends.</summary>
    public abstract bool InterruptShadow { get; set; }

    /// <summary>
    /// The vCPU sits in an interrupt shadow that is over as soon as it is entered, before the instruction that the shadow belongs to: an emulator's
    /// mistake, never a processor's.
    /// </summary>
    public virtual bool LosesInterruptShadow => false;

    /// <summary>Ends an instruction: RIP moves to the next one and the interrupt shadow is over.</summary>
    /// <param name="nextRip">RIP of the next instruction.</param>
    /// <returns>RFLAGS has TF or RF set, which the caller has to see to.</returns>
    public abstract bool Retire(ulong nextRip);

    /// <summary>An event is set to be delivered at the next entry.</summary>
    public abstract bool EventPending { get; }

    /// <summary>Reads a segment or table register.</summary>
    public abstract Segment GetSegment(SegmentRegister register);

    /// <summary>Writes a segment or table register.</summary>
    public abstract void SetSegment(SegmentRegister register, Segment value);

    /// <summary>The attributes of CS, see <see cref="Segment.Attributes"/>: what every decode asks.</summary>
    public abstract ushort CodeAttributes { get; }

    /// <summary>The linear base of a segment: what the emulator asks most.</summary>
    public abstract ulong GetSegmentBase(SegmentRegister register);

    /// <summary>
    /// Where the processor itself leaves the bytes of the instruction that caused a memory fault (16 can be read), see
    /// <see cref="VmExit.FetchedLength"/>; null when it never does.
    /// </summary>
    public virtual byte* FetchedBytes => null;

    /// <summary>Delivers a processor exception at the next entry. Combines with one already set to be delivered (double, then triple fault).</summary>
    /// <param name="vector">Which exception.</param>
    /// <param name="errorCode">The error code, for the vectors that push one.</param>
    public abstract void InjectException(ExceptionVector vector, uint errorCode = 0);

    /// <summary>Delivers an external interrupt at the next entry. Legal only when <see cref="CanTakeInterrupt"/>.</summary>
    public abstract void InjectInterrupt(byte vector);

    /// <summary>Delivers an NMI at the next entry.</summary>
    public abstract void InjectNmi();

    /// <summary>An external interrupt could be delivered now: IF set, no shadow, no other event.</summary>
    public abstract bool CanTakeInterrupt { get; }

    /// <summary>An NMI could be delivered now: none in service, no shadow, no other event.</summary>
    public abstract bool CanTakeNmi { get; }

    /// <summary>The guest leaves its NMI handler (<see cref="ExitReason.NmiWindow"/>): the next NMI may follow.</summary>
    public abstract void EndNmi();

    /// <summary>
    /// Asks for an <see cref="ExitReason.InterruptWindow"/> exit as soon as the guest can take an interrupt of priority class
    /// <paramref name="priority"/> (vector bits 7:4): IF set, no shadow, CR8 below it. 16 is above every CR8.
    /// </summary>
    public abstract void RequestInterruptWindow(int priority);

    /// <summary>Takes the last <see cref="RequestInterruptWindow"/> back.</summary>
    public abstract void CancelInterruptWindow();

    /// <summary>CR8, the task priority class (TPR bits 7:4), which the guest may change without an exit.</summary>
    public abstract int TaskPriority { get; set; }

    /// <summary>A byte of the processor's that changes when the guest changes <see cref="TaskPriority"/>: what each exit looks at.</summary>
    public byte* TaskPriorityByte { get; protected init; }

    /// <summary>Where the registers of its local APIC are.</summary>
    public ApicRegisterPage ApicRegisters { get; protected init; } = null!;

    /// <summary>
    /// The processor delivers what is requested in <see cref="ApicRegisters"/> by itself, and lets the guest reach them without an exit where it can:
    /// <see cref="InjectInterrupt"/> and windows are then for the 8259's interrupts only, and CR8 is the TPR there.
    /// </summary>
    public bool DeliversInterrupts => ApicRegisters.IsUsedByProcessor;

    /// <summary>With <see cref="DeliversInterrupts"/>: the page (host-physical) that is mapped where guests find their local APIC; 0 when there is none.</summary>
    public virtual ulong ApicAccessPage
    {
        set
        {
        }
    }

    /// <summary>With <see cref="DeliversInterrupts"/>: IRR, ISR, TMR or TPR were changed. Due before the next entry.</summary>
    /// <param name="access">How the guest reaches its local APIC now.</param>
    public virtual void OnApicChanged(ApicAccess access)
    {
    }

    /// <summary>What is added to the processor's time-stamp counter to give the guest's.</summary>
    public abstract ulong TscOffset { get; set; }

    /// <summary>Makes the processor forget the guest's translations before the next entry. Due after each change of nested paging.</summary>
    public abstract void FlushTlb();

    /// <summary>The nested page table's root (host-physical).</summary>
    public abstract ulong NestedRoot { set; }

    /// <summary>
    /// Makes the pCPU that runs the caller the one that this vCPU runs on from now on, whatever it ran on before. Due each time before
    /// <see cref="LoadExtendedState"/>; no other pCPU may be using the vCPU.
    /// </summary>
    /// <param name="pcpu">The caller's <see cref="Machine.PcpuServices.Index"/>.</param>
    public abstract void Attach(int pcpu);

    /// <summary>Puts the extended state (XCR0, x87, SSE, AVX, TSC_AUX) of this vCPU into the processor that runs the caller.</summary>
    public abstract void LoadExtendedState();

    /// <summary>
    /// Takes the extended state out of the processor that runs the caller again, before another vCPU's is loaded there, or another pCPU may have this one.
    /// </summary>
    public abstract void SaveExtendedState();

    /// <summary>XCR0 as the guest set it.</summary>
    public abstract ulong Xcr0 { get; set; }

    /// <summary>IA32_TSC_AUX, what RDTSCP and RDPID return.</summary>
    public abstract uint TscAux { get; set; }

    /// <summary>Puts the vCPU into the state after power-on (AMD APM vol. 2, 14.1.3).</summary>
    public abstract void Reset();

    /// <summary>
    /// Puts the vCPU into the state after INIT, on the pCPU that it is attached to. Unlike <see cref="Reset"/> it keeps x87, SSE and AVX, XCR0, PAT and
    /// other MSRs, the TSC, and CR0.CD and NW (AMD APM vol. 2, table 14-1).
    /// </summary>
    public abstract void Init();

    /// <summary>After <see cref="ExitReason.InvalidGuestState"/>: the rule that the state breaks, with its section in the manual; null when it is not known.</summary>
    public virtual string? Refusal => null;

    /// <summary>Enters the guest and returns at its next exit.</summary>
    public abstract void Run(ref VmExit exit);

    /// <summary>Sets the guest's PAT. It never changes without an exit, so that reading it asks nobody.</summary>
    protected abstract void SetPat(ulong value);
}
