namespace HyperCore.Core.Paging;

/// <summary>What the entries of nested page tables look like.</summary>
public enum NestedFormat
{
    /// <summary>As those of long mode (AMD APM vol. 2, 15.25).</summary>
    LongMode,

    /// <summary>Extended page tables (Intel SDM vol. 3C, 29.3).</summary>
    Extended,
}
