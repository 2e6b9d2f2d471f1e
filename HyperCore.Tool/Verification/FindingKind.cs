namespace HyperCore.Tool.Verification;

/// <summary>How good what was found is.</summary>
internal enum FindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but may not be what was meant.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Error,
}
