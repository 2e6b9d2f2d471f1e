namespace HyperCore.Core.Virtio;

/// <summary>Layout of a virtio-pci function: capability types, registers of the common configuration, and where HyperCore puts each structure.</summary>
public static class VirtioPciLayout
{
    /// <summary>PCI vendor ID (virtio 1.2, 4.1.2).</summary>
    public const ushort VendorId = 0x1AF4;

    /// <summary>PCI device ID of device ID 0 (4.1.2).</summary>
    public const ushort FirstDeviceId = 0x1040;

    /// <summary>PCI revision of a device that is not transitional (4.1.2.1).</summary>
    public const byte Revision = 1;

    /// <summary>BAR of all virtio structures.</summary>
    public const int RegisterBar = 0;

    /// <summary>BAR of the MSI-X table.</summary>
    public const int MsixBar = 1;

    /// <summary>Bytes of <see cref="RegisterBar"/>.</summary>
    public const uint RegisterBarSize = 0x4000;

    /// <summary>Where the common configuration is in the BAR.</summary>
    public const uint CommonOffset = 0x0000;

    /// <summary>Bytes of the common configuration: up to queue_device, as no feature that adds more is offered (4.1.4.3).</summary>
    public const uint CommonLength = 56;

    /// <summary>Where the ISR status is in the BAR.</summary>
    public const uint IsrOffset = 0x1000;

    /// <summary>Where the device-specific configuration is in the BAR.</summary>
    public const uint DeviceOffset = 0x2000;

    /// <summary>Where notifications are in the BAR: a page of their own.</summary>
    public const uint NotifyOffset = 0x3000;

    /// <summary>Bytes from one queue's notification register to the next.</summary>
    public const uint NotifyMultiplier = 4;

    /// <summary>Bytes of struct virtio_pci_cap (4.1.4).</summary>
    public const int CapabilityLength = 16;

    /// <summary>VIRTIO_PCI_CAP_COMMON_CFG.</summary>
    public const byte CommonConfiguration = 1;

    /// <summary>VIRTIO_PCI_CAP_NOTIFY_CFG.</summary>
    public const byte NotifyConfiguration = 2;

    /// <summary>VIRTIO_PCI_CAP_ISR_CFG.</summary>
    public const byte IsrConfiguration = 3;

    /// <summary>VIRTIO_PCI_CAP_DEVICE_CFG.</summary>
    public const byte DeviceConfiguration = 4;

    /// <summary>VIRTIO_PCI_CAP_PCI_CFG.</summary>
    public const byte PciConfigurationAccess = 5;

    /// <summary>ISR status: a queue has used buffers (4.1.4.5).</summary>
    public const byte IsrQueue = 1;

    /// <summary>ISR status: the configuration changed.</summary>
    public const byte IsrConfigurationChange = 2;

    // struct virtio_pci_cap.
    internal const int TypeField = 3;
    internal const int BarField = 4;
    internal const int OffsetField = 8;
    internal const int LengthField = 12;
    internal const int DataField = 16;

    // struct virtio_pci_common_cfg.
    internal const uint DeviceFeatureSelect = 0;
    internal const uint DeviceFeature = 4;
    internal const uint DriverFeatureSelect = 8;
    internal const uint DriverFeature = 12;
    internal const uint ConfigMsixVector = 16;
    internal const uint NumQueues = 18;
    internal const uint DeviceStatusField = 20;
    internal const uint ConfigGeneration = 21;
    internal const uint QueueSelect = 22;
    internal const uint QueueSize = 24;
    internal const uint QueueMsixVector = 26;
    internal const uint QueueEnable = 28;
    internal const uint QueueNotifyOff = 30;
    internal const uint QueueDescriptors = 32;
    internal const uint QueueDriver = 40;
    internal const uint QueueDevice = 48;
}
