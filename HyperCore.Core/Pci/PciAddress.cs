using System;

namespace HyperCore.Core.Pci;

/// <summary>Where a PCI function is: segment, bus, device and function.</summary>
/// <param name="segment">PCI segment group, 0 on nearly every machine.</param>
/// <param name="bus">Bus.</param>
/// <param name="device">Device on the bus, 0 to 31.</param>
/// <param name="function">Function of the device, 0 to 7.</param>
public readonly struct PciAddress(ushort segment, byte bus, byte device, byte function) : IEquatable<PciAddress>
{
    /// <summary>PCI segment group.</summary>
    public readonly ushort Segment = segment;

    /// <summary>Bus.</summary>
    public readonly byte Bus = bus;

    /// <summary>Device on the bus, 0 to 31.</summary>
    public readonly byte Device = (byte)(device & 0x1F);

    /// <summary>Function of the device, 0 to 7.</summary>
    public readonly byte Function = (byte)(function & 7);

    /// <summary>Bus, device and function as configuration space is laid out: bits 15:8, 7:3, 2:0.</summary>
    public int RoutingId => (Bus << 8) | (Device << 3) | Function;

    /// <inheritdoc/>
    public bool Equals(PciAddress other) => Segment == other.Segment && RoutingId == other.RoutingId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PciAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (Segment << 16) | RoutingId;
}
