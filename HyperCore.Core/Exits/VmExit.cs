using System.Runtime.InteropServices;

namespace HyperCore.Core.Exits;

/// <summary>
/// One exit, vendor-neutral. Only the fields of its <see cref="Reason"/> mean anything; the back end fills them and leaves the rest alone,
/// because the exit path has no time to clear them.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct VmExit
{
    /// <summary>Where the guest was.</summary>
    public ulong Rip;

    /// <summary>Why the guest left.</summary>
    public ExitReason Reason;

    /// <summary>
    /// RIP of the next instruction when the hardware says so, 0 when an instruction decoder has to find it
    /// (<see cref="ExitReason.Cpuid"/>, <see cref="ExitReason.Msr"/>, <see cref="ExitReason.PortIo"/>, ...).
    /// </summary>
    public ulong NextRip;

    /// <summary>What says most about the exit: the guest-physical address of a MemoryFault, the port of a PortIo, the register of an ApicWrite, else the hardware's own exit code.</summary>
    public ulong Qualification;

    /// <summary>MemoryFault: the guest-physical address.</summary>
    public ulong GuestPhysical;

    /// <summary>PortIo: the port.</summary>
    public ushort Port;

    /// <summary>PortIo: 1, 2 or 4.</summary>
    public byte Size;

    /// <summary>Exception, EndOfInterrupt: the vector. ControlRegister: the register's number.</summary>
    public byte Vector;

    /// <summary>Exception: the error code.</summary>
    public uint ErrorCode;

    /// <summary>MemoryFault: how many bytes of the instruction are at <see cref="Processor.VirtualProcessor.FetchedBytes"/>; 0 when it has to be fetched.</summary>
    public byte FetchedLength;

    /// <summary>PortIo: OUT. Msr: WRMSR. MemoryFault: a write. ControlRegister: a move to it.</summary>
    public bool IsWrite;

    /// <summary>MemoryFault: an instruction fetch.</summary>
    public bool IsFetch;

    /// <summary>PortIo: INS or OUTS.</summary>
    public bool IsString;

    /// <summary>PortIo: with a REP prefix.</summary>
    public bool IsRepeated;

    /// <summary>MemoryFault: raised while the processor walked the guest's own page tables, not by the access itself.</summary>
    public bool IsPageWalk;
}
