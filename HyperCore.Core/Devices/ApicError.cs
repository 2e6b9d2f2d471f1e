using System;

namespace HyperCore.Core.Devices;

/// <summary>Bits of the error status register that this local APIC can set (Intel SDM vol. 3A, 11.5.3).</summary>
[Flags]
public enum ApicError : uint
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>An IPI was to be sent with a vector below 16.</summary>
    SendIllegalVector = 1 << 5,

    /// <summary>A message or an LVT entry had a vector below 16.</summary>
    ReceiveIllegalVector = 1 << 6,

    /// <summary>A register that does not exist was accessed in xAPIC mode.</summary>
    IllegalRegisterAddress = 1 << 7,
}
