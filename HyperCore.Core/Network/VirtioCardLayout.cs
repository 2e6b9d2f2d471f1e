using HyperCore.Core.Pci;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Network;

/// <summary>Where the structures of a virtio card are in its base address registers (virtio 1.2, 4.1.4).</summary>
public sealed class VirtioCardLayout
{
    private const byte VendorSpecific = 0x09;

    // The same list for ever, made by a card that has lost its mind.
    private const int MaxStructures = 32;

    private readonly Region[] _regions = new Region[VirtioPciLayout.DeviceConfiguration + 1];

    private VirtioCardLayout()
    {
    }

    /// <summary>Bytes from one queue's notification register to the next.</summary>
    public uint NotifyMultiplier { get; private set; }

    /// <summary>The base address registers in which something is, a bit for each.</summary>
    public uint Bars { get; private set; }

    /// <summary>The common configuration.</summary>
    internal Region Common => _regions[VirtioPciLayout.CommonConfiguration];

    /// <summary>The notifications.</summary>
    internal Region Notify => _regions[VirtioPciLayout.NotifyConfiguration];

    /// <summary>The configuration of the network card.</summary>
    internal Region Device => _regions[VirtioPciLayout.DeviceConfiguration];

    /// <summary>Reads the capabilities of a card.</summary>
    /// <returns>Null when it has the legacy interface only, or its structures are not in memory.</returns>
    public static VirtioCardLayout? Find(HostPciFunction function)
    {
        var layout = new VirtioCardLayout();
        int at = function.FindCapability(VendorSpecific);
        for (int i = 0; i < MaxStructures && at != 0; i++)
        {
            layout.Add(function, at);
            at = function.FindCapability(VendorSpecific, at);
        }

        bool isComplete = layout.Common.Length >= VirtioPciLayout.CommonLength
            && layout.Notify.Length >= sizeof(ushort)
            && layout.Device.Length >= NetHeader.StatusOffset;
        return isComplete ? layout : null;
    }

    // The first of a kind that can be used is meant (4.1.4.1).
    private void Add(HostPciFunction function, int at)
    {
        byte type = function.Read8(at + VirtioPciLayout.TypeField);
        int index = function.Read8(at + VirtioPciLayout.BarField);
        if (type is 0 or > VirtioPciLayout.DeviceConfiguration || index >= HostPciFunction.BarCount || _regions[type].Length != 0)
        {
            return;
        }

        uint offset = function.Read32(at + VirtioPciLayout.OffsetField);
        uint length = function.Read32(at + VirtioPciLayout.LengthField);
        HostPciBar bar = function.ReadBar(index);
        if (!bar.IsMemory || !bar.IsAssigned || (ulong)offset + length > bar.Size)
        {
            return;
        }

        _regions[type] = new Region(index, offset, length);
        Bars |= 1u << index;
        if (type == VirtioPciLayout.NotifyConfiguration)
        {
            NotifyMultiplier = function.Read32(at + VirtioPciLayout.DataField);
        }
    }

    /// <summary>A part of a base address register.</summary>
    internal readonly struct Region(int bar, uint offset, uint length)
    {
        public readonly int Bar = bar;
        public readonly uint Offset = offset;
        public readonly uint Length = length;
    }
}
