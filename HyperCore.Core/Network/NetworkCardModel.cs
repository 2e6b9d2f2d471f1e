using HyperCore.Core.Pci;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Network;

/// <summary>A network card that HyperCore has a driver for.</summary>
public readonly struct NetworkCardModel
{
    private const ushort Intel = 0x8086;

    // Virtio 1.2, 5.1.1 and 4.1.2.1: the device ID of a transitional network card.
    private const ushort TransitionalNetwork = 0x1000;

    private NetworkCardModel(string name, bool isVirtio)
    {
        Name = name;
        IsVirtio = isVirtio;
    }

    /// <summary>What it is, for people; null when there is no driver for it.</summary>
    public string? Name { get; }

    /// <summary>It is a virtio device, else one of Intel's.</summary>
    public bool IsVirtio { get; }

    /// <summary>Finds the driver of a function.</summary>
    /// <param name="function">A function of the machine.</param>
    public static NetworkCardModel Of(HostPciFunction function) => (function.VendorId, function.DeviceId) switch
    {
        (VirtioPciLayout.VendorId, VirtioPciLayout.FirstDeviceId + VirtioNet.DeviceId or TransitionalNetwork) => new NetworkCardModel("virtio-net", true),

        // One data sheet describes the 82574L, the 82574IT and the 82583V, which has less of everything but the same rings.
        (Intel, 0x10D3) => new NetworkCardModel("e1000e 82574L", false),
        (Intel, 0x10F6) => new NetworkCardModel("e1000e 82574LA", false),
        (Intel, 0x150C) => new NetworkCardModel("e1000e 82583V", false),
        _ => default,
    };
}
