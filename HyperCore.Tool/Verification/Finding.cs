namespace HyperCore.Tool.Verification;

/// <summary>What a check found.</summary>
/// <param name="Kind">How good it is.</param>
/// <param name="Subject">The file, or the part of the disk.</param>
/// <param name="Text">What was found, in plain words.</param>
internal sealed record Finding(FindingKind Kind, string Subject, string Text);
