namespace HyperCore.Core.Config;

/// <summary>One <c>module</c> of a Multiboot VM.</summary>
/// <param name="path">Path on the partition, with backslashes.</param>
/// <param name="text">The whole value, path and arguments, as the kernel gets it.</param>
public readonly struct ModuleConfig(string path, string text)
{
    /// <summary>Path on the partition, with backslashes.</summary>
    public readonly string Path = path;

    /// <summary>The whole value, path and arguments, as the kernel gets it.</summary>
    public readonly string Text = text;
}
