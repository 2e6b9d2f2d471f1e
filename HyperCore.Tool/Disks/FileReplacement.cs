using System;
using System.IO;

namespace HyperCore.Tool.Disks;

/// <summary>Writes a file so that at any time the old or the new one is there, whole.</summary>
internal static class FileReplacement
{
    /// <summary>Writes a file beside the old one, which it replaces at the end; what cannot be finished leaves nothing behind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes what is in it.</param>
    public static void Write(string path, Action<FileStream> write)
    {
        string unfinished = path + ".new";
        try
        {
            using (FileStream output = File.Create(unfinished))
            {
                write(output);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
