namespace HyperCore.Core.Config;

/// <summary>One <c>pci</c> value: a bus address (<c>00:03.0</c>) or a vendor and device ID (<c>8086:100e</c>).</summary>
/// <param name="isAddress">It names a bus address.</param>
/// <param name="first">Bus, or vendor ID.</param>
/// <param name="second">Device in bits 7:3 and function in bits 2:0, or device ID.</param>
public readonly struct PciSelector(bool isAddress, ushort first, ushort second)
{
    /// <summary>It names a bus address; otherwise a vendor and device ID.</summary>
    public readonly bool IsAddress = isAddress;

    /// <summary>Bus number, when <see cref="IsAddress"/>.</summary>
    public readonly byte Bus = isAddress ? (byte)first : (byte)0;

    /// <summary>Device in bits 7:3 and function in bits 2:0, when <see cref="IsAddress"/>.</summary>
    public readonly byte DeviceFunction = isAddress ? (byte)second : (byte)0;

    /// <summary>Vendor ID, unless <see cref="IsAddress"/>.</summary>
    public readonly ushort VendorId = isAddress ? (ushort)0 : first;

    /// <summary>Device ID, unless <see cref="IsAddress"/>.</summary>
    public readonly ushort DeviceId = isAddress ? (ushort)0 : second;
}
