namespace HyperCore.Tool.Firmware;

/// <summary>What is to be done with a file.</summary>
internal enum FileChangeKind
{
    /// <summary>Nothing: the content is the same.</summary>
    Same,

    /// <summary>It is not there yet.</summary>
    Add,

    /// <summary>Another content is there.</summary>
    Replace,

    /// <summary>Another content is there, which is the user's own and stays.</summary>
    Keep,
}
