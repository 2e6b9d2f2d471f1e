using System.Collections.Generic;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Verification;

/// <summary>One thing that <c>verify</c> looks at.</summary>
internal interface IPartitionCheck
{
    /// <summary>Looks at it.</summary>
    /// <param name="files">The partition.</param>
    IEnumerable<Finding> Run(IPartitionFiles files);
}
