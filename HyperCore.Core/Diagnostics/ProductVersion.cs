namespace HyperCore.Core.Diagnostics;

/// <summary>The version of HyperCore.</summary>
public static class ProductVersion
{
    /// <summary>Major, minor, patch; the same as <c>Version</c> in Directory.Build.props, which a test compares.</summary>
    public const string Text = "0.1.0";
}
