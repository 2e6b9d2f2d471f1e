namespace HyperCore.Efi.Vmx;

/// <summary>Secondary processor-based VM-execution controls (Intel SDM vol. 3C, table 25-7).</summary>
internal static class SecondaryControl
{
    public const uint VirtualizeApicAccesses = 1u << 0;
    public const uint EnableEpt = 1u << 1;
    public const uint EnableRdtscp = 1u << 3;
    public const uint VirtualizeX2ApicMode = 1u << 4;
    public const uint EnableVpid = 1u << 5;
    public const uint WbinvdExiting = 1u << 6;
    public const uint UnrestrictedGuest = 1u << 7;
    public const uint ApicRegisterVirtualization = 1u << 8;
    public const uint VirtualInterruptDelivery = 1u << 9;
    public const uint PauseLoopExiting = 1u << 10;
    public const uint EnableInvpcid = 1u << 12;
    public const uint EnclsExiting = 1u << 15;
    public const uint EnableXsaves = 1u << 20;
}
