namespace HyperCore.Efi.Vmx;

/// <summary>Basic exit reasons, bits 15:0 of the exit-reason field (Intel SDM vol. 3D, appendix C).</summary>
internal static class VmxExitReason
{
    /// <summary>Bit 31 of the field: the entry failed, and the guest has not run.</summary>
    public const uint EntryFailure = 1u << 31;

    public const uint ExceptionOrNmi = 0;
    public const uint ExternalInterrupt = 1;
    public const uint TripleFault = 2;
    public const uint Init = 3;
    public const uint Sipi = 4;
    public const uint InterruptWindow = 7;
    public const uint NmiWindow = 8;
    public const uint TaskSwitch = 9;
    public const uint Cpuid = 10;
    public const uint Getsec = 11;
    public const uint Hlt = 12;
    public const uint Invd = 13;
    public const uint Rdpmc = 15;
    public const uint Rsm = 17;
    public const uint Vmcall = 18;
    public const uint Vmclear = 19;
    public const uint Vmxon = 27;
    public const uint ControlRegister = 28;
    public const uint Io = 30;
    public const uint Rdmsr = 31;
    public const uint Wrmsr = 32;
    public const uint InvalidGuestState = 33;
    public const uint MsrLoading = 34;
    public const uint Mwait = 36;
    public const uint Monitor = 39;
    public const uint Pause = 40;
    public const uint MachineCheckOnEntry = 41;
    public const uint TprBelowThreshold = 43;
    public const uint ApicAccess = 44;
    public const uint VirtualizedEoi = 45;
    public const uint EptViolation = 48;
    public const uint EptMisconfiguration = 49;
    public const uint Invept = 50;
    public const uint PreemptionTimer = 52;
    public const uint Invvpid = 53;
    public const uint Wbinvd = 54;
    public const uint Xsetbv = 55;
    public const uint ApicWrite = 56;
    public const uint Vmfunc = 59;
    public const uint Encls = 60;
}
