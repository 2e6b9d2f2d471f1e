using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Exits;

/// <summary>Exits in words, for people.</summary>
public static class ExitText
{
    /// <summary>The name of a reason: <c>I/O port</c>.</summary>
    public static string NameOf(ExitReason reason) => reason switch
    {
        ExitReason.Cpuid => "CPUID",
        ExitReason.Msr => "MSR",
        ExitReason.PortIo => "I/O port",
        ExitReason.MemoryFault => "Device memory",
        ExitReason.Halt => "HLT",
        ExitReason.InterruptWindow => "Interrupt window",
        ExitReason.ExternalInterrupt => "Host interrupt",
        ExitReason.Nmi => "Host NMI",
        ExitReason.ControlRegister => "Control register",
        ExitReason.Exception => "Exception",
        ExitReason.Shutdown => "Triple fault",
        ExitReason.Xsetbv => "XSETBV",
        ExitReason.Hypercall => "Hypercall",
        ExitReason.ForbiddenInstruction => "Forbidden instruction",
        ExitReason.Pause => "PAUSE",
        ExitReason.MonitorWait => "MONITOR, MWAIT",
        ExitReason.CacheFlush => "Cache flush",
        ExitReason.NmiWindow => "NMI window",
        ExitReason.PerformanceCounter => "RDPMC",
        ExitReason.Init => "INIT",
        ExitReason.TaskSwitch => "Task switch",
        ExitReason.EndOfInterrupt => "End of interrupt",
        ExitReason.ApicWrite => "Local APIC write",
        ExitReason.InvalidGuestState => "Refused guest state",
        _ => "Unknown",
    };

    /// <summary>Writes what an exit was about: <c>I/O port 03f8, write of 1 byte</c>. The record may be overwritten meanwhile; then the words may be wrong.</summary>
    public static void Append(ref TextBuilder text, in VmExit exit)
    {
        text.Append(NameOf(exit.Reason));
        switch (exit.Reason)
        {
            case ExitReason.PortIo:
                text.Append(' ');
                text.AppendHex(exit.Port, 4);
                text.Append(exit.IsWrite ? ", write of " : ", read of ");
                text.AppendDecimal((ulong)exit.Size);
                text.Append(exit.Size == 1 ? " byte" : " bytes");
                text.Append(exit.IsRepeated ? ", repeated" : exit.IsString ? ", string" : "");
                break;
            case ExitReason.MemoryFault:
                text.Append(" at ");
                text.AppendHex(exit.GuestPhysical, 8);
                text.Append(exit.IsPageWalk ? ", page walk" : exit.IsFetch ? ", fetch" : exit.IsWrite ? ", write" : ", read");
                break;
            case ExitReason.Msr:
                text.Append(exit.IsWrite ? ", write" : ", read");
                break;
            case ExitReason.ControlRegister:
                text.Append(" CR");
                text.AppendDecimal((ulong)exit.Vector);
                text.Append(exit.IsWrite ? ", write" : ", read");
                break;
            case ExitReason.Exception:
                text.Append(' ');
                text.AppendDecimal((ulong)exit.Vector);
                text.Append(", error code ");
                text.AppendHex(exit.ErrorCode);
                break;
            case ExitReason.EndOfInterrupt:
                text.Append(' ');
                text.AppendHex(exit.Vector, 2);
                break;
            case ExitReason.ApicWrite:
                text.Append(" at ");
                text.AppendHex(exit.Qualification, 3);
                break;
            case ExitReason.Unknown:
                text.Append(", code ");
                text.AppendHex(exit.Qualification);
                break;
            default:
                break;
        }
    }
}
