using System;

namespace HyperCore.Core.Paging;

/// <summary>What an access wants of a page, as the bits of the page-fault error code (AMD APM vol. 2, 8.4.2).</summary>
[Flags]
public enum GuestPageAccess : uint
{
    /// <summary>A supervisor data read.</summary>
    Read = 0,

    /// <summary>A write (R/W).</summary>
    Write = 2,

    /// <summary>Made at CPL 3 (U/S).</summary>
    User = 4,

    /// <summary>An instruction fetch (I/D).</summary>
    Fetch = 16,
}
