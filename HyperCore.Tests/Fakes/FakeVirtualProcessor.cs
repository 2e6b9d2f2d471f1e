using System;
using System.Collections.Generic;
using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;

namespace HyperCore.Tests.Fakes;

/// <summary>A vCPU that is plain fields. It records what is injected, and <see cref="Run"/> replays the exits a test queued.</summary>
internal sealed unsafe class FakeVirtualProcessor : VirtualProcessor
{
    private readonly GuestRegisters[] _registers = GC.AllocateArray<GuestRegisters>(1, pinned: true);
    private readonly Segment[] _segments = new Segment[10];
    private readonly byte[] _fetchedBytes = GC.AllocateArray<byte>(16, pinned: true);
    private readonly byte[] _taskPriority = GC.AllocateArray<byte>(1, pinned: true);
    private bool _eventPending;

    public FakeVirtualProcessor(bool deliversInterrupts = false)
    {
        ApicRegisters = TestApicPage.Create(deliversInterrupts);
        TaskPriorityByte = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _taskPriority[0]);
        Reset();
    }

    public List<(ExceptionVector Vector, uint ErrorCode)> Exceptions { get; } = [];

    public List<byte> Interrupts { get; } = [];

    public int Nmis { get; private set; }

    public bool WindowRequested { get; private set; }

    /// <summary>The processor hands over the bytes of instructions, and these are the last; see <see cref="FetchedBytes"/>.</summary>
    public Span<byte> Fetched
    {
        get
        {
            HandsOverBytes = true;
            return _fetchedBytes;
        }
    }

    public bool HandsOverBytes { get; set; }

    public override byte* FetchedBytes => HandsOverBytes ? (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _fetchedBytes[0]) : null;

    public Queue<VmExit> Exits { get; } = new();

    /// <summary>What <see cref="Run"/> gives when no exit is queued; without it that is an error of the test.</summary>
    public Func<VmExit>? WhenIdle { get; set; }

    public int Runs { get; private set; }

    public int Loads { get; private set; }

    public int AttachedTo { get; private set; } = -1;

    public int Saves { get; private set; }

    /// <summary>An NMI was delivered and <see cref="EndNmi"/> has not been called.</summary>
    public bool NmiInService { get; set; }

    public int CplValue { get; set; }

    public override GuestRegisters* Registers
    {
        get
        {
            fixed (GuestRegisters* registers = _registers)
            {
                return registers; // The array is pinned for good.
            }
        }
    }

    public override ulong Rip { get; set; }

    public override ulong Rflags { get; set; }

    public override ulong Cr0 { get; set; }

    public override ulong Cr2 { get; set; }

    public override ulong Dr6 { get; set; } = 0xFFFF_0FF0;

    public override ulong Cr3 { get; set; }

    public override ulong Cr4 { get; set; }

    public override ulong Efer { get; set; }

    public override int Cpl => CplValue;

    public override bool InterruptShadow { get; set; }

    /// <summary>An emulator that forgets interrupt shadows; see <see cref="LosesInterruptShadow"/>.</summary>
    public bool ForgetsShadows { get; set; }

    public override bool LosesInterruptShadow => ForgetsShadows && InterruptShadow;

    public override bool Retire(ulong nextRip)
    {
        Rip = nextRip;
        InterruptShadow = false;
        return (Rflags & 0x1_0100) != 0;
    }

    public override bool EventPending => _eventPending;

    public override bool CanTakeInterrupt => (Rflags & 0x200) != 0 && !InterruptShadow && !_eventPending;

    public override bool CanTakeNmi => !NmiInService && !InterruptShadow && !_eventPending;

    public override Segment GetSegment(SegmentRegister register) => _segments[(int)register];

    public override void SetSegment(SegmentRegister register, Segment value) => _segments[(int)register] = value;

    public override ushort CodeAttributes => _segments[(int)SegmentRegister.Cs].Attributes;

    public override ulong GetSegmentBase(SegmentRegister register) => _segments[(int)register].Base;

    public override void InjectException(ExceptionVector vector, uint errorCode = 0)
    {
        Exceptions.Add((vector, errorCode));
        _eventPending = true;
    }

    public override void InjectInterrupt(byte vector)
    {
        Interrupts.Add(vector);
        _eventPending = true;
    }

    public override void InjectNmi()
    {
        Nmis++;
        NmiInService = true;
        _eventPending = true;
    }

    public int WindowPriority { get; private set; }

    public int TlbFlushes { get; private set; }

    public override int TaskPriority
    {
        get => *TaskPriorityByte;
        set => *TaskPriorityByte = (byte)value;
    }

    public override ulong TscOffset { get; set; }

    public override ulong Xcr0 { get; set; }

    public override uint TscAux { get; set; }

    public override ulong NestedRoot
    {
        set => FlushTlb();
    }

    public override void EndNmi() => NmiInService = false;

    public override void RequestInterruptWindow(int priority)
    {
        WindowRequested = true;
        WindowPriority = priority;
    }

    public override void CancelInterruptWindow() => WindowRequested = false;

    public override void FlushTlb() => TlbFlushes++;

    public override void Attach(int pcpu) => AttachedTo = pcpu;

    public override void LoadExtendedState() => Loads++;

    public override void SaveExtendedState() => Saves++;

    /// <summary>What <see cref="OnApicChanged"/> was told last; null before.</summary>
    public ApicAccess? Access { get; private set; }

    public ulong AccessPage { get; private set; }

    public override ulong ApicAccessPage
    {
        set => AccessPage = value;
    }

    public override void OnApicChanged(ApicAccess access) => Access = access;

    /// <summary>What an entry does: the event set to be delivered is delivered.</summary>
    public void DeliverEvents() => _eventPending = false;

    public int Inits { get; private set; }

    public override void Init()
    {
        Inits++;
        ulong pat = Pat;
        ulong offset = TscOffset;
        Reset();
        Pat = pat;
        TscOffset = offset;
        Cr0 = 0x6000_0010;
    }

    public override void Reset()
    {
        _registers[0] = default;
        Rip = 0xFFF0;
        Rflags = 2;
        Cr0 = 0x6000_0010;
        Cr2 = Cr3 = Cr4 = Efer = 0;
        Pat = 0x0007_0406_0007_0406;
        CplValue = 0;
        InterruptShadow = false;
        NmiInService = false;
        DeliverEvents();
        for (int i = 0; i < _segments.Length; i++)
        {
            _segments[i] = new Segment(0, 0x93, 0xFFFF, 0);
        }

        SetSegment(SegmentRegister.Cs, new Segment(0xF000, 0x9B, 0xFFFF, 0xFFFF_0000));
    }

    public override void Run(ref VmExit exit)
    {
        Runs++;
        DeliverEvents();
        exit = Exits.Count == 0 && WhenIdle != null ? WhenIdle() : Exits.Dequeue();
    }

    /// <summary>64-bit mode, paging off in fact (CR0.PG clear) unless the test sets up tables; flat segments, CPL 0.</summary>
    public void EnterLongMode(ulong cr3 = 0, bool paging = false)
    {
        Cr0 = paging ? 0x8001_0033 : 0x33;
        Cr3 = cr3;
        Cr4 = 0x20;
        Efer = 0xD01;
        SetSegment(SegmentRegister.Cs, new Segment(0x10, 0xA9B, uint.MaxValue, 0));
        SetDataSegments(new Segment(0x18, 0xC93, uint.MaxValue, 0));
    }

    /// <summary>32-bit protected mode, flat segments, CPL 0.</summary>
    public void EnterProtectedMode()
    {
        Cr0 = 0x11;
        SetSegment(SegmentRegister.Cs, new Segment(0x10, 0xC9B, uint.MaxValue, 0));
        SetDataSegments(new Segment(0x18, 0xC93, uint.MaxValue, 0));
    }

    /// <summary>Real mode with all segments at one base.</summary>
    public void EnterRealMode(ushort segment)
    {
        Cr0 = 0x10;
        SetSegment(SegmentRegister.Cs, new Segment(segment, 0x9B, 0xFFFF, (ulong)segment << 4));
        SetDataSegments(new Segment(segment, 0x93, 0xFFFF, (ulong)segment << 4));
    }

    private void SetDataSegments(Segment segment)
    {
        SetSegment(SegmentRegister.Es, segment);
        SetSegment(SegmentRegister.Ss, segment);
        SetSegment(SegmentRegister.Ds, segment);
        SetSegment(SegmentRegister.Fs, segment);
        SetSegment(SegmentRegister.Gs, segment);
    }

    protected override void SetPat(ulong value)
    {
    }
}
