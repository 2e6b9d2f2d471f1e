using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HyperCore.Tool.Disks;

/// <summary>Copies files into a folder that stands for a partition, where they are not there already.</summary>
internal static class FolderWriter
{
    private const int BufferSize = 1 << 20;

    /// <summary>Copies what differs.</summary>
    /// <returns>How many files were written.</returns>
    public static int Write(string folder, IReadOnlyList<(string Path, PartitionNode Node)> files, IProgress<double> progress)
    {
        long total = Math.Max(files.Sum(file => file.Node.Length), 1);
        long done = 0;
        int written = 0;
        foreach ((string path, PartitionNode node) in files)
        {
            string target = Resolve(folder, path);
            if (!IsSame(target, node.Source!))
            {
                Copy(node.Source!, target);
                written++;
            }

            done += node.Length;
            progress.Report(done / (double)total);
        }

        return written;
    }

    /// <summary>The file for a path on the partition. Names that are there in other letters are the same, as on FAT.</summary>
    public static string Resolve(string folder, string path)
    {
        string result = folder;
        foreach (string name in path.Split('/', '\\').Where(name => name.Length > 0))
        {
            if (name is "." or "..")
            {
                throw new InvalidDataException($"{path}: . and .. are no names on the partition");
            }

            string exact = Path.Combine(result, name);
            result = Path.Exists(exact) || !Directory.Exists(result)
                ? exact
                : Directory.EnumerateFileSystemEntries(result).FirstOrDefault(entry => string.Equals(Path.GetFileName(entry), name, StringComparison.OrdinalIgnoreCase)) ?? exact;
        }

        return result;
    }

    /// <summary>Two files have the same content.</summary>
    public static bool IsSame(string target, string source)
    {
        if (!File.Exists(target) || new FileInfo(target).Length != new FileInfo(source).Length)
        {
            return false;
        }

        using FileStream left = File.OpenRead(target);
        using FileStream right = File.OpenRead(source);
        byte[] a = new byte[BufferSize];
        byte[] b = new byte[BufferSize];
        int length;
        while ((length = left.ReadAtLeast(a, BufferSize, throwOnEndOfStream: false)) > 0)
        {
            if (right.ReadAtLeast(b, BufferSize, throwOnEndOfStream: false) != length || !a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies a file so that at any time the old or the new one is there, whole.</summary>
    public static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        FileReplacement.Write(target, output =>
        {
            using FileStream input = File.OpenRead(source);
            input.CopyTo(output, BufferSize);
            output.Flush(flushToDisk: true);
        });
    }
}
