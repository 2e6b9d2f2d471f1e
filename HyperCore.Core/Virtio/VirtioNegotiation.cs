namespace HyperCore.Core.Virtio;

/// <summary>
/// Features and status of one device: what it offers, what the driver took, and how far the driver has come (virtio 1.2, 2.1, 2.2 and 3.1.1).
/// </summary>
public sealed class VirtioNegotiation
{
    private const DeviceStatus DriverWritable =
        DeviceStatus.Acknowledge | DeviceStatus.Driver | DeviceStatus.DriverOk | DeviceStatus.FeaturesOk | DeviceStatus.Failed;

    /// <summary>Begins in the state after a reset.</summary>
    /// <param name="offered">Every feature bit the device offers; <see cref="VirtioFeature.Version1"/> is among them.</param>
    public VirtioNegotiation(ulong offered) => Offered = offered;

    /// <summary>What the device offers.</summary>
    public ulong Offered { get; }

    /// <summary>What the driver has written so far; binding once <see cref="DeviceStatus.FeaturesOk"/> is set.</summary>
    public ulong Accepted { get; private set; }

    /// <summary>The status field.</summary>
    public DeviceStatus Status { get; private set; }

    /// <summary>The queues are to be served.</summary>
    public bool IsRunning => (Status & (DeviceStatus.DriverOk | DeviceStatus.NeedsReset | DeviceStatus.Failed)) == DeviceStatus.DriverOk;

    /// <summary>Features are agreed on.</summary>
    public bool HasFeatures => (Status & DeviceStatus.FeaturesOk) != 0;

    /// <summary>The state after a reset.</summary>
    public void Reset()
    {
        Accepted = 0;
        Status = DeviceStatus.None;
    }

    /// <summary>Offered features, 32 of them.</summary>
    /// <param name="select">0 for bits 0 to 31, 1 for bits 32 to 63; there are no others.</param>
    public uint ReadOffered(uint select) => Half(Offered, select);

    /// <summary>Accepted features, 32 of them.</summary>
    /// <param name="select">As in <see cref="ReadOffered"/>.</param>
    public uint ReadAccepted(uint select) => Half(Accepted, select);

    /// <summary>The driver accepts 32 features. After FEATURES_OK it must not any more (3.1.1, step 5).</summary>
    /// <param name="select">As in <see cref="ReadOffered"/>.</param>
    /// <param name="bits">The features; those that are not offered are refused at FEATURES_OK.</param>
    public void Accept(uint select, uint bits)
    {
        if (!HasFeatures && select < 2)
        {
            int shift = (int)select * 32;
            Accepted = (Accepted & ~(0xFFFF_FFFFul << shift)) | ((ulong)bits << shift);
        }
    }

    /// <summary>The driver writes the status field with a value other than 0, which would be a reset.</summary>
    /// <returns>True when the driver has just become ready.</returns>
    public bool WriteStatus(DeviceStatus value)
    {
        // The driver must not clear a bit (2.1.1), and NEEDS_RESET is the device's.
        DeviceStatus added = value & DriverWritable & ~Status;
        if ((added & DeviceStatus.FeaturesOk) != 0 && !IsAcceptable())
        {
            added &= ~DeviceStatus.FeaturesOk;
        }

        // Without agreed features the rings have no defined form, so there is no DRIVER_OK (3.1.1, steps 5 to 8).
        if ((added & DeviceStatus.DriverOk) != 0 && ((Status | added) & DeviceStatus.FeaturesOk) == 0)
        {
            added &= ~DeviceStatus.DriverOk;
        }

        Status |= added;
        return (added & DeviceStatus.DriverOk) != 0;
    }

    /// <summary>The device gives up until it is reset.</summary>
    /// <returns>True when the driver has to be told by a configuration change notification (2.1.2).</returns>
    public bool NeedReset()
    {
        bool tell = (Status & (DeviceStatus.DriverOk | DeviceStatus.NeedsReset)) == DeviceStatus.DriverOk;
        Status |= DeviceStatus.NeedsReset;
        return tell;
    }

    // Only what was offered, and never as a legacy device (6.1, 6.2).
    private bool IsAcceptable() => (Accepted & ~Offered) == 0 && (Accepted & VirtioFeature.Version1) != 0;

    private static uint Half(ulong features, uint select) => select < 2 ? (uint)(features >> ((int)select * 32)) : 0;
}
