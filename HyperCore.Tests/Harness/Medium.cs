namespace HyperCore.Tests.Harness;

/// <summary>What a machine has to start from.</summary>
internal enum Medium
{
    /// <summary>A USB stick.</summary>
    Usb,

    /// <summary>An SD card in an SD host controller.</summary>
    Sd,

    /// <summary>An eMMC at one.</summary>
    Emmc,

    /// <summary>No disk at all.</summary>
    None,
}
