using System;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>Where things are in the repository.</summary>
internal static class Repository
{
    /// <summary>The folder of HyperCore.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What the scripts build.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The image that scripts/build.sh makes.</summary>
    public static string UsbImage => Built("hypercore-usb.img");

    /// <summary>A file of artifacts/, which must have been built.</summary>
    public static string Built(string name)
    {
        string path = Path.Combine(Artifacts, name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run scripts/build.sh --test, or the tests by scripts/test.sh");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HyperCore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("HyperCore.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
