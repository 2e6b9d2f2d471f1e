namespace HyperCore.Core.Devices;

/// <summary>How an interrupt message is delivered; the encoding shared by ICR, LVT, redirection entries and MSI data (Intel SDM vol. 3A, 11.5.1).</summary>
public enum DeliveryMode : byte
{
    /// <summary>The vector, to every processor of the destination.</summary>
    Fixed = 0,

    /// <summary>The vector, to the processor of the destination that runs at the lowest priority.</summary>
    LowestPriority = 1,

    /// <summary>System management interrupt.</summary>
    Smi = 2,

    /// <summary>Reserved.</summary>
    Reserved = 3,

    /// <summary>Non-maskable interrupt.</summary>
    Nmi = 4,

    /// <summary>INIT.</summary>
    Init = 5,

    /// <summary>Start-up IPI; only in the ICR.</summary>
    StartUp = 6,

    /// <summary>An interrupt whose vector the 8259 gives; not in the ICR.</summary>
    ExtInt = 7,
}
