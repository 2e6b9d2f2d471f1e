namespace HyperCore.Core.Devices;

/// <summary>Whom an IPI goes to without looking at the destination field (Intel SDM vol. 3A, 11.6.1).</summary>
public enum DestinationShorthand : byte
{
    /// <summary>The destination field says it.</summary>
    None = 0,

    /// <summary>The sender.</summary>
    Self = 1,

    /// <summary>All processors.</summary>
    AllIncludingSelf = 2,

    /// <summary>All processors but the sender.</summary>
    AllExcludingSelf = 3,
}
