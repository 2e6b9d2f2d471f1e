namespace HyperCore.Efi.Vmx;

/// <summary>Pin-based VM-execution controls (Intel SDM vol. 3C, table 25-5).</summary>
internal static class PinControl
{
    public const uint ExternalInterruptExiting = 1u << 0;
    public const uint NmiExiting = 1u << 3;
    public const uint VirtualNmis = 1u << 5;
    public const uint ActivatePreemptionTimer = 1u << 6;
}
