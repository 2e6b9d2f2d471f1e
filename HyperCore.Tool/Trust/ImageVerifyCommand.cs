using System.IO;

namespace HyperCore.Tool.Trust;

/// <summary><c>image verify</c>: whether HyperCore would take the files of a tree.</summary>
internal sealed class ImageVerifyCommand(TextWriter output)
{
    /// <summary>Checks a tree as HyperCore does when it starts from it.</summary>
    /// <param name="tree">The root of the partition, such as artifacts/esp.</param>
    public ExitCode Run(string tree)
    {
        string[] problems = [.. new TreeVerifier(tree).Problems()];
        foreach (string problem in problems)
        {
            output.WriteLine(problem);
        }

        return problems.Length == 0 ? ExitCode.Good : ExitCode.Bad;
    }
}
