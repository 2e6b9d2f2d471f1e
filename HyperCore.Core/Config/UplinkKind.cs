namespace HyperCore.Core.Config;

/// <summary>The values of <c>uplink</c>.</summary>
public enum UplinkKind
{
    /// <summary>The first network card that HyperCore has a driver for.</summary>
    Auto,

    /// <summary>None: VMs reach each other only.</summary>
    None,

    /// <summary>The card at a bus address.</summary>
    Address,
}
