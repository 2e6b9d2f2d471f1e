using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_MP_SERVICES_PROTOCOL, UEFI Platform Initialization 1.8, volume 2, 13.4. What HyperCore does not call is an untyped pointer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_MP_SERVICES_PROTOCOL
{
    /// <summary>Says how many processors there are: number of all, number of enabled ones.</summary>
    public delegate* unmanaged<EFI_MP_SERVICES_PROTOCOL*, nuint*, nuint*, EFI_STATUS> GetNumberOfProcessors;

    /// <summary>Describes one: its number, the description.</summary>
    public delegate* unmanaged<EFI_MP_SERVICES_PROTOCOL*, nuint, EFI_PROCESSOR_INFORMATION*, EFI_STATUS> GetProcessorInfo;

    /// <summary>Has all application processors run something.</summary>
    public void* StartupAllAPs;

    /// <summary>Has one run something.</summary>
    public void* StartupThisAP;

    /// <summary>Makes another one the boot processor.</summary>
    public void* SwitchBSP;

    /// <summary>Takes one out of use, or back.</summary>
    public void* EnableDisableAP;

    /// <summary>Says which one runs the caller.</summary>
    public void* WhoAmI;
}
