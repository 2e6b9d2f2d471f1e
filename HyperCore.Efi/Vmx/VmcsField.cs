namespace HyperCore.Efi.Vmx;

/// <summary>Encodings of the VMCS fields that HyperCore uses (Intel SDM vol. 3D, appendix B).</summary>
internal static class VmcsField
{
    // 16-bit control and guest-state fields.
    public const uint Vpid = 0x0000;
    public const uint GuestEsSelector = 0x0800;
    public const uint GuestLdtrSelector = 0x080C;
    public const uint GuestTrSelector = 0x080E;
    public const uint GuestInterruptStatus = 0x0810;

    // 16-bit host-state fields.
    public const uint HostEsSelector = 0x0C00;
    public const uint HostCsSelector = 0x0C02;
    public const uint HostSsSelector = 0x0C04;
    public const uint HostDsSelector = 0x0C06;
    public const uint HostFsSelector = 0x0C08;
    public const uint HostGsSelector = 0x0C0A;
    public const uint HostTrSelector = 0x0C0C;

    // 64-bit control fields.
    public const uint IoBitmapA = 0x2000;
    public const uint IoBitmapB = 0x2002;
    public const uint MsrBitmap = 0x2004;
    public const uint TscOffset = 0x2010;
    public const uint VirtualApicPage = 0x2012;
    public const uint ApicAccessAddress = 0x2014;
    public const uint EptPointer = 0x201A;
    public const uint EoiExitBitmap0 = 0x201C;
    public const uint XssExitingBitmap = 0x202C;
    public const uint EnclsExitingBitmap = 0x202E;

    // 64-bit read-only, guest-state and host-state fields.
    public const uint GuestPhysicalAddress = 0x2400;
    public const uint VmcsLinkPointer = 0x2800;
    public const uint GuestDebugControl = 0x2802;
    public const uint GuestPat = 0x2804;
    public const uint GuestEfer = 0x2806;
    public const uint GuestPdpte0 = 0x280A;
    public const uint HostPat = 0x2C00;
    public const uint HostEfer = 0x2C02;

    // 32-bit control fields.
    public const uint PinControls = 0x4000;
    public const uint ProcessorControls = 0x4002;
    public const uint ExceptionBitmap = 0x4004;
    public const uint PageFaultErrorCodeMask = 0x4006;
    public const uint PageFaultErrorCodeMatch = 0x4008;
    public const uint Cr3TargetCount = 0x400A;
    public const uint ExitControls = 0x400C;
    public const uint ExitMsrStoreCount = 0x400E;
    public const uint ExitMsrLoadCount = 0x4010;
    public const uint EntryControls = 0x4012;
    public const uint EntryMsrLoadCount = 0x4014;
    public const uint EntryInterruptionInfo = 0x4016;
    public const uint EntryExceptionErrorCode = 0x4018;
    public const uint EntryInstructionLength = 0x401A;
    public const uint TprThreshold = 0x401C;
    public const uint SecondaryControls = 0x401E;
    public const uint PauseLoopGap = 0x4020;
    public const uint PauseLoopWindow = 0x4022;

    // 32-bit read-only fields.
    public const uint InstructionError = 0x4400;
    public const uint ExitReason = 0x4402;
    public const uint ExitInterruptionInfo = 0x4404;
    public const uint ExitInterruptionErrorCode = 0x4406;
    public const uint IdtVectoringInfo = 0x4408;
    public const uint IdtVectoringErrorCode = 0x440A;
    public const uint ExitInstructionLength = 0x440C;

    // 32-bit guest-state fields; the segments' follow each other in the order ES, CS, SS, DS, FS, GS, LDTR, TR.
    public const uint GuestEsLimit = 0x4800;
    public const uint GuestGdtrLimit = 0x4810;
    public const uint GuestIdtrLimit = 0x4812;
    public const uint GuestEsAccessRights = 0x4814;
    public const uint GuestCsAccessRights = 0x4816;
    public const uint GuestSsAccessRights = 0x4818;
    public const uint GuestLdtrAccessRights = 0x4820;
    public const uint GuestTrAccessRights = 0x4822;
    public const uint Interruptibility = 0x4824;
    public const uint ActivityState = 0x4826;
    public const uint GuestSysenterCs = 0x482A;
    public const uint PreemptionTimerValue = 0x482E;
    public const uint HostSysenterCs = 0x4C00;

    // Natural-width control fields.
    public const uint Cr0Mask = 0x6000;
    public const uint Cr4Mask = 0x6002;
    public const uint Cr0Shadow = 0x6004;
    public const uint Cr4Shadow = 0x6006;

    // Natural-width read-only fields.
    public const uint ExitQualification = 0x6400;

    // Natural-width guest-state fields.
    public const uint GuestCr0 = 0x6800;
    public const uint GuestCr3 = 0x6802;
    public const uint GuestCr4 = 0x6804;
    public const uint GuestEsBase = 0x6806;
    public const uint GuestCsBase = 0x6808;
    public const uint GuestLdtrBase = 0x6812;
    public const uint GuestTrBase = 0x6814;
    public const uint GuestGdtrBase = 0x6816;
    public const uint GuestIdtrBase = 0x6818;
    public const uint GuestDr7 = 0x681A;
    public const uint GuestRsp = 0x681C;
    public const uint GuestRip = 0x681E;
    public const uint GuestRflags = 0x6820;
    public const uint PendingDebugExceptions = 0x6822;
    public const uint GuestSysenterEsp = 0x6824;
    public const uint GuestSysenterEip = 0x6826;

    // Natural-width host-state fields.
    public const uint HostCr0 = 0x6C00;
    public const uint HostCr3 = 0x6C02;
    public const uint HostCr4 = 0x6C04;
    public const uint HostFsBase = 0x6C06;
    public const uint HostGsBase = 0x6C08;
    public const uint HostTrBase = 0x6C0A;
    public const uint HostGdtrBase = 0x6C0C;
    public const uint HostIdtrBase = 0x6C0E;
    public const uint HostSysenterEsp = 0x6C10;
    public const uint HostSysenterEip = 0x6C12;
    public const uint HostRsp = 0x6C14;
    public const uint HostRip = 0x6C16;
}
