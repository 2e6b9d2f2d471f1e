namespace HyperCore.Core.Processor;

/// <summary>The processor's own exception vectors (AMD APM vol. 2, 8.2).</summary>
public enum ExceptionVector : byte
{
    /// <summary>#DE, divide error.</summary>
    DivideError = 0,

    /// <summary>#DB, debug.</summary>
    Debug = 1,

    /// <summary>Non-maskable interrupt.</summary>
    Nmi = 2,

    /// <summary>#BP, breakpoint.</summary>
    Breakpoint = 3,

    /// <summary>#OF, overflow.</summary>
    Overflow = 4,

    /// <summary>#BR, bound range.</summary>
    BoundRange = 5,

    /// <summary>#UD, invalid opcode.</summary>
    InvalidOpcode = 6,

    /// <summary>#NM, device not available.</summary>
    DeviceNotAvailable = 7,

    /// <summary>#DF, double fault; error code 0.</summary>
    DoubleFault = 8,

    /// <summary>#TS, invalid TSS; error code.</summary>
    InvalidTss = 10,

    /// <summary>#NP, segment not present; error code.</summary>
    SegmentNotPresent = 11,

    /// <summary>#SS, stack; error code.</summary>
    Stack = 12,

    /// <summary>#GP, general protection; error code.</summary>
    GeneralProtection = 13,

    /// <summary>#PF, page fault; error code and CR2.</summary>
    PageFault = 14,

    /// <summary>#MF, x87.</summary>
    X87 = 16,

    /// <summary>#AC, alignment check; error code 0.</summary>
    AlignmentCheck = 17,

    /// <summary>#MC, machine check.</summary>
    MachineCheck = 18,

    /// <summary>#XF, SIMD.</summary>
    Simd = 19,
}
