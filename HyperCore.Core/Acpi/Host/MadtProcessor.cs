namespace HyperCore.Core.Acpi.Host;

/// <summary>A pCPU as the firmware lists it (ACPI 6.5, 5.2.12.2 and 5.2.12.12).</summary>
public readonly struct MadtProcessor
{
    /// <summary>Makes an entry.</summary>
    public MadtProcessor(uint apicId, uint uid, bool isEnabled, bool isOnlineCapable = false)
    {
        ApicId = apicId;
        Uid = uid;
        IsEnabled = isEnabled;
        IsOnlineCapable = isOnlineCapable && !isEnabled;
    }

    /// <summary>ID of its local APIC.</summary>
    public uint ApicId { get; }

    /// <summary>ACPI processor UID.</summary>
    public uint Uid { get; }

    /// <summary>It is there and usable, not only a place for hot-plugging.</summary>
    public bool IsEnabled { get; }

    /// <summary>It is not there now, but may be plugged in later. Older firmware never says so.</summary>
    public bool IsOnlineCapable { get; }
}
