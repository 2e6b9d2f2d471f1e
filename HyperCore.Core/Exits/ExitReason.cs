namespace HyperCore.Core.Exits;

/// <summary>Why a guest left guest mode, in words that fit both vendors.</summary>
public enum ExitReason
{
    /// <summary>The back end could not make sense of the hardware's exit code; <see cref="VmExit.Qualification"/> holds it.</summary>
    Unknown,

    /// <summary>CPUID.</summary>
    Cpuid,

    /// <summary>RDMSR or WRMSR of an intercepted register.</summary>
    Msr,

    /// <summary>IN, OUT, INS or OUTS.</summary>
    PortIo,

    /// <summary>A guest-physical access that nested paging does not allow: a device, or nothing.</summary>
    MemoryFault,

    /// <summary>HLT.</summary>
    Halt,

    /// <summary>The guest can take an interrupt now.</summary>
    InterruptWindow,

    /// <summary>A physical interrupt arrived; it has been taken by the host.</summary>
    ExternalInterrupt,

    /// <summary>A physical NMI arrived; it has been taken by the host.</summary>
    Nmi,

    /// <summary>MOV to or from a control register, CLTS, LMSW.</summary>
    ControlRegister,

    /// <summary>An intercepted exception.</summary>
    Exception,

    /// <summary>Triple fault.</summary>
    Shutdown,

    /// <summary>XSETBV.</summary>
    Xsetbv,

    /// <summary>VMMCALL or VMCALL.</summary>
    Hypercall,

    /// <summary>An instruction that guests may not use (VMRUN, VMLOAD, SKINIT, ...): #UD.</summary>
    ForbiddenInstruction,

    /// <summary>PAUSE in a loop.</summary>
    Pause,

    /// <summary>MONITOR or MWAIT.</summary>
    MonitorWait,

    /// <summary>WBINVD or INVD.</summary>
    CacheFlush,

    /// <summary>An NMI handler is about to return; the next NMI may be delivered after it.</summary>
    NmiWindow,

    /// <summary>RDPMC.</summary>
    PerformanceCounter,

    /// <summary>INIT was signalled to the vCPU.</summary>
    Init,

    /// <summary>A task switch by hardware: a far transfer or an interrupt through a TSS or task gate.</summary>
    TaskSwitch,

    /// <summary>The guest has ended an interrupt of a vector that asks for notice; the instruction is complete (<see cref="VmExit.Vector"/>).</summary>
    EndOfInterrupt,

    /// <summary>
    /// The guest has written to a register of its local APIC, which has the value already; the instruction is complete. <see cref="VmExit.Qualification"/> is
    /// the register's offset.
    /// </summary>
    ApicWrite,

    /// <summary>The processor refused the guest state.</summary>
    InvalidGuestState,
}
