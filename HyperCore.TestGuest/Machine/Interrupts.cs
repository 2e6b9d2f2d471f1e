using System.Runtime;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>
/// The interrupt table: counts what arrives and remembers the last one. An exception leaves the code that <see cref="Guard"/> runs.
/// Vectors: 20h to 2Fh the 8259 pair, 40h to 7Fh the local APIC, 80h INT, E0h the benchmarks.
/// </summary>
internal static unsafe class Interrupts
{
    public const int Nmi = 2;
    public const int Debug = 1;
    public const int InvalidOpcode = 6;
    public const int GeneralProtection = 13;
    public const int PageFault = 14;
    public const int PicFirst = 0x20;
    public const int ApicFirst = 0x40;
    public const int Serial = 0x45;
    public const int Software = 0x80;
    public const int Benchmark = 0xE0;

    private const int ApicLast = 0x7F;
    private const int VectorCount = 256;
    private const ulong FlagTrap = 1 << 8;
    private const ulong FlagInterrupt = 1 << 9;
    private const ushort CodeSelector = 8;
    private const ushort InterruptGate = 0x8E00;

    private static InterruptState s_state;

    /// <summary>The exception that ended the last guarded code.</summary>
    public static ulong LastException => s_state.Exception;

    /// <summary>Its error code.</summary>
    public static ulong LastErrorCode => s_state.ErrorCode;

    /// <summary>Its RIP.</summary>
    public static ulong LastExceptionRip => s_state.ExceptionRip;

    /// <summary>CR2 when it was a page fault.</summary>
    public static ulong LastFaultAddress => s_state.FaultAddress;

    /// <summary>The RIP that the last interrupt (not exception) found.</summary>
    public static ulong LastRip => s_state.Rip;

    /// <summary>The vector before the last one.</summary>
    public static ulong PreviousVector => s_state.PreviousVector;

    /// <summary>The last vector.</summary>
    public static ulong LastVector => s_state.LastVector;

    /// <summary>Loads the table.</summary>
    public static void Initialize()
    {
        var stubs = (ulong)Probes.InterruptStubs();
        for (int vector = 0; vector < VectorCount; vector++)
        {
            SetGate(vector, stubs + ((ulong)vector * 16));
        }

        SetGate(Benchmark, Probes.BenchmarkHandler());
        var register = new DescriptorTableRegister { Limit = (VectorCount * 16) - 1, Base = (ulong)Probes.InterruptTable() };
        Intrinsics.LoadIdt(&register);
    }

    /// <summary>How often a vector came since it was last cleared.</summary>
    public static uint Count(int vector) => *Cell(vector);

    /// <summary>Forgets how often a vector came.</summary>
    public static void Clear(int vector) => *Cell(vector) = 0;

    // The count changes behind the compiler's back: it is not to keep it in a register.
    private static uint* Cell(int vector)
    {
        fixed (InterruptState* state = &s_state)
        {
            return &state->Counts[vector];
        }
    }

    private static void SetGate(int vector, ulong address)
    {
        ulong* gate = Probes.InterruptTable() + (vector * 2);
        gate[0] = (address & 0xFFFF) | ((ulong)CodeSelector << 16) | ((ulong)InterruptGate << 32) | ((address >> 16 & 0xFFFF) << 48);
        gate[1] = address >> 32;
    }

    [RuntimeExport("InterruptTable_Dispatch")]
    private static void Dispatch(ExceptionFrame* frame)
    {
        var vector = (int)frame->Vector;
        s_state.Counts[vector]++;
        if (vector < PicFirst && vector != Nmi && vector != Debug)
        {
            OnException(frame);
            return;
        }

        s_state.PreviousVector = s_state.LastVector;
        s_state.LastVector = (ulong)vector;
        s_state.Rip = frame->Rip;
        if (vector == Debug)
        {
            frame->Rflags &= ~FlagTrap;
        }
        else if (vector is >= PicFirst and < PicFirst + 16)
        {
            Pic.EndOfInterrupt(vector - PicFirst);
        }
        else if (vector is >= ApicFirst and <= ApicLast)
        {
            if (vector == Serial)
            {
                SerialPort.LowerInterrupt();
            }

            Apic.EndOfInterrupt();
        }
    }

    private static void OnException(ExceptionFrame* frame)
    {
        s_state.Exception = frame->Vector;
        s_state.ErrorCode = frame->ErrorCode;
        s_state.ExceptionRip = frame->Rip;
        if (frame->Vector == PageFault)
        {
            s_state.FaultAddress = Intrinsics.ReadCr2();
        }

        int* table = Intrinsics.ExceptionTable();
        for (int* entry = table; entry[0] != 0 || entry[1] != 0; entry += 2)
        {
            if (frame->Rip == (ulong)((byte*)table + entry[0]))
            {
                frame->Rip = (ulong)((byte*)table + entry[1]);
                return;
            }
        }

        ulong unwind = Guard.UnwindAddress();
        if (unwind == 0)
        {
            Report.Exception(frame->Vector, frame->ErrorCode, frame->Rip);
            Power.Off();
        }

        frame->Rip = unwind;
        frame->Rflags &= ~(FlagInterrupt | FlagTrap);
    }

    private struct InterruptState
    {
        public fixed uint Counts[VectorCount];
        public ulong Exception;
        public ulong ErrorCode;
        public ulong ExceptionRip;
        public ulong FaultAddress;
        public ulong Rip;
        public ulong LastVector;
        public ulong PreviousVector;
    }
}
