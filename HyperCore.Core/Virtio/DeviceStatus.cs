using System;

namespace HyperCore.Core.Virtio;

/// <summary>The device status field (virtio 1.2, 2.1).</summary>
[Flags]
public enum DeviceStatus : byte
{
    /// <summary>After a reset.</summary>
    None = 0,

    /// <summary>The guest has found the device.</summary>
    Acknowledge = 1,

    /// <summary>The guest has a driver for it.</summary>
    Driver = 2,

    /// <summary>The driver is ready: queues are served.</summary>
    DriverOk = 4,

    /// <summary>Features are agreed on.</summary>
    FeaturesOk = 8,

    /// <summary>The device gave up on what the driver did and does nothing until it is reset.</summary>
    NeedsReset = 64,

    /// <summary>The driver gave up.</summary>
    Failed = 128,
}
